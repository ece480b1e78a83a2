//! Appends of one event to a file, compared with hand-written code.
//!
//! `cargo bench -p es-sqlite` prints criterion's figures and then the promised ratios from
//! interleaved rounds, so that load on a shared machine affects both sides alike.

mod ours;
mod peers;
mod processes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, Throughput};
use es_store::{Position, SequencedItem, Topic};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Number of concurrent callers.
const CALLERS: usize = 64;

/// Times the appends of `n` events by a number of callers, each with one in flight, to a new file.
type Sample = fn(&Runtime, &Path, usize, usize) -> Duration;

struct Subject {
    name: &'static str,
    callers: usize,
    sample: Sample,
}

const OURS: Subject = Subject {
    name: "64_callers/ours",
    callers: CALLERS,
    sample: ours::append,
};
const BY_HAND: Subject = Subject {
    name: "64_callers/by_hand",
    callers: CALLERS,
    sample: peers::group_commit,
};
const MUTEX: Subject = Subject {
    name: "64_callers/mutex",
    callers: CALLERS,
    sample: peers::mutex,
};
const STANDALONE: Subject = Subject {
    name: "single/ours",
    callers: 1,
    sample: ours::append,
};
const PLAIN: Subject = Subject {
    name: "single/plain_transaction",
    callers: 1,
    sample: peers::plain,
};

impl Subject {
    fn time(&self, runtime: &Runtime, n: usize) -> Duration {
        let directory = directory();
        (self.sample)(
            runtime,
            &directory.path().join("events.db"),
            self.callers,
            n,
        )
    }
}

fn main() {
    if processes::become_writer() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the runtime starts");
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("append");
    group.sample_size(10).throughput(Throughput::Elements(1));
    for subject in [OURS, BY_HAND, MUTEX, STANDALONE, PLAIN] {
        group.bench_function(subject.name, |bencher| {
            bencher.iter_custom(|n| {
                let n = usize::try_from(n).expect("a small number");
                subject.time(&runtime, n)
            });
        });
    }
    group.finish();
    criterion.final_summary();
    if std::env::args().any(|argument| argument == "--bench") {
        print_ratios(&runtime);
    }
}

#[allow(clippy::print_stdout, reason = "a benchmark prints")]
fn print_ratios(runtime: &Runtime) {
    let ratios = [
        (
            "64 callers, ours to group commit by hand",
            0.8,
            ratio(runtime, &OURS, &BY_HAND, 30_000),
        ),
        (
            "64 callers, ours to Mutex<Connection>",
            6.0,
            ratio(runtime, &OURS, &MUTEX, 8_000),
        ),
        (
            "single caller, ours to a plain transaction",
            0.85,
            ratio(runtime, &STANDALONE, &PLAIN, 5_000),
        ),
        (
            "4 processes, slowest to fastest",
            1.0 / 3.0,
            processes::fairness(),
        ),
    ];
    for (name, goal, ratio) in ratios {
        let verdict = if ratio >= goal { "kept" } else { "MISSED" };
        println!("ratio: {name}: {ratio:.2} (goal {goal:.2}, {verdict})");
    }
}

/// Returns the ratio of two throughputs: the median of interleaved rounds.
fn ratio(runtime: &Runtime, one: &Subject, other: &Subject, n: usize) -> f64 {
    let mut ratios: Vec<f64> = (0..7)
        .map(|_| {
            let one = one.time(runtime, n);
            other.time(runtime, n).as_secs_f64() / one.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

/// A folder on the disk of the build, not on a file system in memory.
fn directory() -> TempDir {
    TempDir::new_in(PathBuf::from(env!("CARGO_TARGET_TMPDIR"))).expect("a directory")
}

/// Event `n` of a caller's sequence: 144 bytes of JSON.
fn event(sequence_id: Uuid, n: usize) -> SequencedItem {
    let data = format!("{{\"n\":{n:0>12},\"text\":\"{}\"}}", "x".repeat(115));
    SequencedItem {
        sequence_id,
        position: Position::Integer(i64::try_from(n).expect("a small number")),
        topic: Topic::new("World.SomethingHappened1"),
        data: data.into(),
    }
}
