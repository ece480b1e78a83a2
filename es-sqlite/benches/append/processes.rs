//! Several processes that write to one file for the same duration.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ours::open;
use crate::{directory, event};

const DATABASE: &str = "ES_SQLITE_BENCH_DATABASE";
const PROCESSES: usize = 4;
const CALLERS: usize = 16;
const TIME: Duration = Duration::from_secs(3);

/// Returns the lowest throughput of a process divided by the highest, with equal numbers of
/// callers.
#[allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints; the counts are small"
)]
pub(crate) fn fairness() -> f64 {
    let directory = directory();
    let path = directory.path().join("events.db");
    let writers: Vec<_> = (0..PROCESSES).map(|_| spawn(&path)).collect();
    let counts = writers.into_iter().map(|writer| {
        let output = writer.wait_with_output().expect("it ends");
        let count = String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<u32>();
        count.expect("a writer prints a number")
    });
    let counts: Vec<u32> = counts.collect();
    println!("{PROCESSES} processes of {CALLERS} callers, events in {TIME:?}: {counts:?}");
    let (least, most) = (counts.iter().min(), counts.iter().max());
    f64::from(*least.expect("some")) / f64::from(*most.expect("some"))
}

fn spawn(path: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().expect("this program"))
        .env(DATABASE, path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process starts")
}

/// Writes and returns `true` if this process was started to write.
#[allow(
    clippy::print_stdout,
    reason = "the count goes to the process that started this one"
)]
pub(crate) fn become_writer() -> bool {
    let Some(path) = std::env::var_os(DATABASE).map(PathBuf::from) else {
        return false;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let count: usize = runtime.expect("the runtime starts").block_on(async {
        let store = open(&path).await;
        let stop = Arc::new(AtomicBool::new(false));
        let mut calls = JoinSet::new();
        for _ in 0..CALLERS {
            let (store, stop) = (store.clone(), stop.clone());
            calls.spawn(async move {
                let id = Uuid::now_v7();
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    store
                        .append(vec![event(id, n)].into())
                        .await
                        .expect("the append succeeds");
                    n += 1;
                }
                n
            });
        }
        tokio::time::sleep(TIME).await;
        stop.store(true, Ordering::Relaxed);
        calls.join_all().await.into_iter().sum()
    });
    println!("{count}");
    true
}
