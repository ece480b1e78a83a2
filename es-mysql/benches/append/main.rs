//! Appends of one event, and what they are compared with, on the server that `ES_MYSQL_URL` names:
//! `cargo bench -p es-mysql`.

#[path = "../../tests/backends/mod.rs"]
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
