//! The torture test: processes append concurrently, conflict, write slowly and are killed, and no
//! event may be skipped, doubled, reordered or, if it was acknowledged, lost.
//!
//! A run starts writers. Each is a process that runs the test binary again; `main` of the test
//! calls [`become_writer`] first. Writers append to their own sequences and to shared ones. On
//! purpose they cause conflicts, append large lists that make slow transactions, and drop calls
//! before they return. They report each result through a pipe. From time to time a writer is killed
//! with a signal that it cannot catch, and another replaces it.
//!
//! Meanwhile, followers read the application sequence as projections do, and record what they
//! observe. At the end, the reports and observations are compared with the stored items. A table
//! without record ids has no followers; the other checks remain.
//!
//! All random choices come from one seed, which is printed. `ES_TORTURE_SEED` sets it and
//! `ES_TORTURE_SECONDS` sets the duration. A seed repeats the operations and their planned times,
//! but not the speed of the processes.

mod children;
mod follower;
mod random;
mod retry;
mod verdict;
mod writer;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use es_store::{ItemQuery, RecordManager, Table};
use tokio::runtime::Builder;
use uuid::Uuid;

use self::children::Children;
use self::follower::{Fingerprint, Observation, follow, last_id};
use self::random::Random;
use self::retry::retry_while_unavailable;
use super::Backend;
use super::fixture::has_record_ids;

pub use self::verdict::Report;
pub use self::writer::become_writer;

/// The settings of a run of the torture test.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Torture {
    /// Number of concurrent writer processes.
    pub writers: usize,
    /// Number of concurrent followers.
    pub followers: usize,
    /// Duration of the run.
    pub duration: Duration,
    /// Range of the pause between two kills, in milliseconds.
    pub kill_after: Range<u64>,
    /// Seed of all random choices.
    pub seed: u64,
    /// Environment variables for the writers, such as the folder of the databases.
    pub environment: Vec<(String, String)>,
}

impl Default for Torture {
    /// Returns settings with four writers and three followers, eight seconds and a new seed.
    fn default() -> Self {
        Self {
            writers: 4,
            followers: 3,
            duration: Duration::from_secs(8),
            kill_after: 100..500,
            seed: Uuid::new_v4().as_u64_pair().0,
            environment: Vec::new(),
        }
    }
}

impl Torture {
    /// Returns the default settings, with the seed and the duration of `ES_TORTURE_SEED` and
    /// `ES_TORTURE_SECONDS` if they are set.
    ///
    /// # Panics
    ///
    /// If one of them is not a whole number.
    #[must_use]
    pub fn from_env() -> Self {
        let number = |name| {
            let value = std::env::var(name).ok()?;
            Some(
                value
                    .parse::<u64>()
                    .unwrap_or_else(|_| panic!("{name} must be a whole number, not `{value}`")),
            )
        };
        let default = Self::default();
        Self {
            seed: number("ES_TORTURE_SEED").unwrap_or(default.seed),
            duration: number("ES_TORTURE_SECONDS").map_or(default.duration, Duration::from_secs),
            ..default
        }
    }

    /// Adds an environment variable for the writers.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Runs the test on the table `stored_events` of a new database, then prints and returns the
    /// report.
    ///
    /// # Panics
    ///
    /// If the writers cannot be started, or if the store cannot be opened or read.
    pub fn run(&self, backend: &Arc<dyn Backend>) -> Report {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime
            .expect("the runtime starts")
            .block_on(self.torture(backend))
    }

    async fn torture(&self, backend: &Arc<dyn Backend>) -> Report {
        let name = format!("es_torture_{}", Uuid::new_v4().simple());
        let table = Table::stored_events();
        let store = backend
            .open(&name, table.clone())
            .await
            .expect("the store opens");
        store.setup().await.expect("the table is created");
        let written = Arc::new(AtomicBool::new(false));
        print_seed(self.seed);
        let mut followers = Vec::new();
        let has_ids = has_record_ids(&store);
        for n in 0..if has_ids { self.followers } else { 0 } {
            let store = backend
                .open(&name, table.clone())
                .await
                .expect("the store opens");
            let random = Random::new(self.seed).fork(1_000 + n as u64);
            followers.push(tokio::spawn(follow(store, written.clone(), random)));
        }
        let disturber = tokio::spawn(disturb(
            backend.clone(),
            name.clone(),
            table,
            Instant::now() + self.duration,
            self.seed,
        ));
        let mut findings = {
            let (this, name) = (self.clone(), name.clone());
            let killing = tokio::task::spawn_blocking(move || this.write_and_kill(&name));
            killing.await.expect("the writers are started and end")
        };
        written.store(true, Ordering::Release);
        findings.disturbances = disturber.await.expect("the disturbance ends");
        let mut seen = Vec::new();
        for follower in followers {
            seen.push(follower.await.expect("a follower reads to the end"));
        }
        let stored = if has_ids {
            read_by_id(&store).await
        } else {
            read_by_sequence(&store).await
        };
        store.close().await.expect("the store closes");
        let report = Report::new(self, findings, &stored, &seen);
        print(&report);
        report
    }

    /// Runs the writers, and kills one of them at random times.
    fn write_and_kill(&self, name: &str) -> children::Findings {
        let end = Instant::now() + self.duration;
        let mut random = Random::new(self.seed).fork(1);
        let mut children = Children::start(self, name);
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Range { start, end } = self.kill_after;
            let pause = Duration::from_millis(random.between(start, end));
            std::thread::sleep(pause.min(left));
            if pause < left {
                children.kill(random.below(self.writers as u64));
            }
        }
        children.finish()
    }
}

/// Prints the seed, before anything can hang or panic.
#[allow(clippy::print_stdout, reason = "a test prints")]
fn print_seed(seed: u64) {
    println!("torture: ES_TORTURE_SEED={seed} repeats this run");
}

/// Prints the report, also of a successful run.
#[allow(clippy::print_stdout, reason = "a test prints")]
fn print(report: &Report) {
    println!("{report}");
}

/// Disturbs the writers at random times until `end`, and returns the number of disturbances.
async fn disturb(
    backend: Arc<dyn Backend>,
    name: String,
    table: Table,
    end: Instant,
    seed: u64,
) -> usize {
    let mut random = Random::new(seed).fork(2);
    let mut disturbances = 0;
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(random.between(200, 600))).await;
        backend
            .disturb(&name, &table, Duration::from_millis(random.between(5, 80)))
            .await;
        disturbances += 1;
    }
    disturbances
}

/// Reads all stored items, in the order of their record ids.
async fn read_by_id(store: &Arc<dyn RecordManager>) -> Vec<Observation> {
    let mut stored: Vec<Observation> = Vec::new();
    loop {
        let page = retry_while_unavailable(|| store.records(last_id(&stored), 1_000))
            .await
            .expect("the records are read");
        if page.is_empty() {
            return stored;
        }
        stored.extend(page.iter().map(Observation::new));
    }
}

/// Reads all stored items of a table without record ids, each sequence in the order of its
/// positions.
async fn read_by_sequence(store: &Arc<dyn RecordManager>) -> Vec<Observation> {
    let (mut stored, mut last) = (Vec::new(), None);
    loop {
        let page = retry_while_unavailable(|| store.sequence_ids(last, 1_000)).await;
        let page = page.expect("the sequences are read");
        if page.is_empty() {
            return stored;
        }
        last = page.last().copied();
        for id in page {
            let items = retry_while_unavailable(|| store.items(ItemQuery::new(id))).await;
            let items = items.expect("a sequence is read");
            let observation = |item| Observation {
                id: None,
                item: Fingerprint::new(item),
            };
            stored.extend(items.iter().map(observation));
        }
    }
}
