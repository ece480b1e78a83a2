//! Nothing skipped, nothing doubled, nothing reordered, nothing acknowledged lost: while processes write, conflict, are
//! slow and are killed.
//!
//! A run starts writers, each a process of its own that the test binary becomes: its `main` calls
//! [`become_writer`] first. They append to sequences of their own and to shared ones, on purpose with conflicts, with
//! large lists that make slow transactions, and with calls that they drop in the middle, and report each answer through a
//! pipe. Now and then one is killed (with a signal that it cannot catch) and another takes its place. Followers read the
//! application sequence all the while, as projections do, and note what they saw. In the end all that is compared with
//! what is stored. In a table without record ids there is nothing to follow; the rest is checked all the same.
//!
//! What is random comes from one seed, which is printed; `ES_TORTURE_SEED` gives it, and `ES_TORTURE_SECONDS` the
//! duration. A seed repeats what is done and when it is to be done; how fast processes run is the machine's.

mod children;
mod follower;
mod random;
mod timeout;
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
use self::follower::{Print, Sighting, follow, last_id};
use self::random::Random;
use self::timeout::patiently;
use super::Backend;
use super::fixture::has_record_ids;

pub use self::verdict::Report;
pub use self::writer::become_writer;

/// How to torture a store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Torture {
    /// How many processes write at a time.
    pub writers: usize,
    /// How many followers read at a time.
    pub followers: usize,
    /// How long they do.
    pub duration: Duration,
    /// How long it is from one kill of a writer to the next, in milliseconds: something in between.
    pub kill_after: Range<u64>,
    /// What is random comes from it.
    pub seed: u64,
    /// Variables for the writers' environment, such as where the databases are.
    pub environment: Vec<(String, String)>,
}

impl Default for Torture {
    /// Four writers and three followers for eight seconds, with a new seed.
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
    /// The default, with the seed and the duration of `ES_TORTURE_SEED` and `ES_TORTURE_SECONDS` where they are set.
    ///
    /// # Panics
    ///
    /// Where one of them is not a whole number.
    #[must_use]
    pub fn from_env() -> Self {
        let number = |name| {
            let value = std::env::var(name).ok()?;
            Some(
                value
                    .parse::<u64>()
                    .unwrap_or_else(|_| panic!("{name} is a whole number, not `{value}`")),
            )
        };
        let default = Self::default();
        Self {
            seed: number("ES_TORTURE_SEED").unwrap_or(default.seed),
            duration: number("ES_TORTURE_SECONDS").map_or(default.duration, Duration::from_secs),
            ..default
        }
    }

    /// With a variable for the writers' environment.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Tortures a new database of `backend`, in its table `stored_events`, prints the figures and gives them back.
    ///
    /// # Panics
    ///
    /// Where the writers cannot be started, or the store cannot be opened or read.
    pub fn run(&self, backend: &Arc<dyn Backend>) -> Report {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(self.torture(backend))
    }

    async fn torture(&self, backend: &Arc<dyn Backend>) -> Report {
        let name = format!("es_torture_{}", Uuid::new_v4().simple());
        let table = Table::stored_events();
        let store = backend
            .open(&name, table.clone())
            .await
            .expect("the store opens");
        store.setup().await.expect("the table is made");
        let written = Arc::new(AtomicBool::new(false));
        announce(self.seed);
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
        let mut harvest = {
            let (this, name) = (self.clone(), name.clone());
            let killing = tokio::task::spawn_blocking(move || this.write_and_kill(&name));
            killing.await.expect("the writers are started and end")
        };
        written.store(true, Ordering::Release);
        harvest.disturbances = disturber.await.expect("the disturbance ends");
        let mut seen = Vec::new();
        for follower in followers {
            seen.push(follower.await.expect("a follower reads to the end"));
        }
        let stored = if has_ids {
            stored(&store).await
        } else {
            stored_by_sequence(&store).await
        };
        store.close().await.expect("the store closes");
        let report = Report::of(self, harvest, &stored, &seen);
        print(&report);
        report
    }

    /// Runs the writers, and kills one now and then.
    fn write_and_kill(&self, name: &str) -> children::Harvest {
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

/// Before anything can hang or panic.
#[allow(clippy::print_stdout, reason = "a test prints")]
fn announce(seed: u64) {
    println!("torture: ES_TORTURE_SEED={seed} repeats this run");
}

/// The figures of a run are for its reader, whether it fails or not.
#[allow(clippy::print_stdout, reason = "a test prints")]
fn print(report: &Report) {
    println!("{report}");
}

/// Gets in the writers' way now and then, until they are to end, and says how often.
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

/// What is stored in the end, in the order of the ids.
async fn stored(store: &Arc<dyn RecordManager>) -> Vec<Sighting> {
    let mut stored: Vec<Sighting> = Vec::new();
    loop {
        let page = patiently(|| store.records(last_id(&stored), 1_000))
            .await
            .expect("the records are read");
        if page.is_empty() {
            return stored;
        }
        stored.extend(page.iter().map(Sighting::of));
    }
}

/// What is stored in the end where there are no ids, each sequence in the order of its positions.
async fn stored_by_sequence(store: &Arc<dyn RecordManager>) -> Vec<Sighting> {
    let (mut stored, mut last) = (Vec::new(), None);
    loop {
        let page = patiently(|| store.sequence_ids(last, 1_000)).await;
        let page = page.expect("the sequences are read");
        if page.is_empty() {
            return stored;
        }
        last = page.last().copied();
        for id in page {
            let items = patiently(|| store.items(ItemQuery::new(id))).await;
            let items = items.expect("a sequence is read");
            let sighting = |item| Sighting {
                id: None,
                item: Print::of(item),
            };
            stored.extend(items.iter().map(sighting));
        }
    }
}
