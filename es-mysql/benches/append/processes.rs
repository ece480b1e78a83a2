//! Several processes append to one table.

use std::process::{Command, Stdio};

use tokio::runtime::Runtime;

use crate::ours::open;
use crate::server::{Schema, item, rate};

/// The variable that makes a process a writer, and names the schema.
const SCHEMA: &str = "ES_BENCH_SCHEMA";
const PROCESSES: usize = 4;
const CALLERS: usize = 32;

/// Appends and prints how many were kept, where this process was started to.
pub(crate) fn become_writer() -> bool {
    let Ok(name) = std::env::var(SCHEMA) else {
        return false;
    };
    Runtime::new().expect("a runtime").block_on(async {
        let events = open(&Schema(name)).await;
        let count = rate(CALLERS, move || {
            let events = events.clone();
            async move {
                events.append(vec![item()]).await.expect("kept");
            }
        });
        println!("{}", count.await.kept);
    });
    true
}

/// What the slowest of the processes kept, in parts of what the fastest did; the median of three runs.
pub(crate) fn fairness(runtime: &Runtime) -> f64 {
    crate::median((0..3).map(|_| run(runtime)).collect())
}

fn run(runtime: &Runtime) -> f64 {
    let schema = runtime.block_on(async {
        let schema = Schema::new().await;
        open(&schema).await;
        schema
    });
    let program = std::env::current_exe().expect("this program's path");
    let start = |_| {
        Command::new(&program)
            .env(SCHEMA, &schema.0)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a writer starts")
    };
    let writers: Vec<_> = (0..PROCESSES).map(start).collect();
    let kept = writers.into_iter().map(|writer| {
        let output = writer.wait_with_output().expect("a writer ends");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        text.parse::<f64>().expect("a number")
    });
    let kept: Vec<f64> = kept.collect();
    runtime.block_on(schema.drop());
    println!(
        "4 processes of 32 callers: {:.0} events in a round, {kept:?}",
        kept.iter().sum::<f64>()
    );
    kept.iter().copied().fold(f64::MAX, f64::min) / kept.iter().copied().fold(1.0, f64::max)
}
