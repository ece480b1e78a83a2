//! Appends of one event, compared with hand-written code, on the server in `ES_MYSQL_URL`:
//! `cargo bench -p es-mysql`.

#[path = "../../tests/suite/server.rs"]
mod backends;
mod peers;

use es_testing::store::servers::AppendBench;

fn main() {
    let few = |callers| if callers == 32 { 1.0 } else { 0.0 };
    AppendBench::new(backends::Mysql)
        .peer("plain inserts with gaps", few, peers::plain)
        .peer("group commit by hand", |_| 0.8, peers::group_commit)
        .run();
}
