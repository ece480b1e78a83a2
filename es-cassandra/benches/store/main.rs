//! Appends, reads and scans, compared with hand-written code, on the server in `ES_CASSANDRA_URL`.
//!
//! `cargo bench -p es-cassandra` prints the promised ratios from interleaved rounds, so that load
//! on a shared machine affects both sides alike. Arguments after `--` select parts: `append`,
//! `positions`, `growth`, `read`, `scan`.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod append;
mod growth;
mod keyspace;
mod peers;
mod positions;
mod rate;
mod read;
mod references;
mod scan;

use std::pin::Pin;

use tokio::runtime::Runtime;

use keyspace::Keyspace;

type Part = for<'k> fn(&'k Keyspace) -> Pin<Box<dyn Future<Output = ()> + 'k>>;

const PARTS: [(&str, Part); 5] = [
    ("append", |keyspace| Box::pin(append::run(keyspace))),
    ("positions", |keyspace| Box::pin(positions::run(keyspace))),
    ("growth", |keyspace| Box::pin(growth::run(keyspace))),
    ("read", |keyspace| Box::pin(read::run(keyspace))),
    ("scan", |keyspace| Box::pin(scan::run(keyspace))),
];

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    if !keyspace::is_available() {
        println!("set ES_CASSANDRA_URL to run this benchmark");
        return;
    }
    let selected: Vec<_> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    Runtime::new().expect("the runtime starts").block_on(async {
        for (name, run) in PARTS {
            if selected.is_empty() || selected.iter().any(|part| part == name) {
                let keyspace = Keyspace::new().await;
                run(&keyspace).await;
                keyspace.drop().await;
            }
        }
    });
}
