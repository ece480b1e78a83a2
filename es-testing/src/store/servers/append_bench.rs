//! A benchmark of appends of one event to a server, compared with hand-written code.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use es_store::{Position, RecordManager, SequencedItem, Table, Topic};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Opening, Server};

/// Duration of one side of one round.
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;

/// The environment variable that makes a process a writer and names its database.
const DATABASE: &str = "ES_BENCH_DATABASE";
const PROCESSES: usize = 4;
const CALLERS: usize = 32;

/// A benchmark without a harness, which prints ratios and their goals.
///
/// The rounds of both sides alternate, so that load on a shared machine affects both alike.
pub struct AppendBench {
    server: Arc<dyn Server>,
    peers: Vec<Peer>,
}

/// Hand-written code to compare with.
struct Peer {
    name: &'static str,
    goal: fn(usize) -> f64,
    sample: Sample,
}

/// Appends to a new database from a number of callers, and returns the appends per second.
type Sample = Box<dyn Fn(String, usize) -> Pin<Box<dyn Future<Output = f64>>>>;

impl AppendBench {
    /// Creates a benchmark of the store on a server.
    pub fn new(server: impl Server) -> Self {
        Self {
            server: Arc::new(server),
            peers: Vec::new(),
        }
    }

    /// Adds hand-written code to compare with.
    ///
    /// `sample` gets the name of a new database and a number of callers, and returns its [`Rate`].
    /// `goal` returns the smallest ratio of the store's rate to that rate for a number of callers.
    #[must_use]
    pub fn peer<F: Future<Output = Rate> + 'static>(
        mut self,
        name: &'static str,
        goal: fn(usize) -> f64,
        sample: fn(String, usize) -> F,
    ) -> Self {
        let sample: Sample = Box::new(move |database, callers| {
            let sampling = sample(database, callers);
            Box::pin(async move { sampling.await.per_second() })
        });
        self.peers.push(Peer { name, goal, sample });
        self
    }

    /// Runs the benchmark, as its whole `main`. Measures nothing if there is no server.
    ///
    /// # Panics
    ///
    /// If the server or a writer process fails.
    pub fn run(&self) {
        let runtime = Runtime::new().expect("the runtime starts");
        if let Ok(database) = std::env::var(DATABASE) {
            return runtime.block_on(self.write(&database));
        }
        if !std::env::args().any(|argument| argument == "--bench") {
            return;
        }
        if !self.server.is_available() {
            println!("there is no server to measure");
            return;
        }
        runtime.block_on(self.measure());
    }

    async fn measure(&self) {
        for callers in [32, 256] {
            for peer in &self.peers {
                let (ours, theirs) = self.rounds(peer, callers).await;
                let name = format!(
                    "{callers} callers, ours {ours:.0}/s to {} {theirs:.0}/s",
                    peer.name
                );
                print_ratio(&name, (peer.goal)(callers), ours / theirs);
            }
        }
        let mut ratios = Vec::new();
        for _ in 0..3 {
            ratios.push(self.fairness().await);
        }
        print_ratio("4 processes, slowest to fastest", 0.5, median(ratios));
    }

    /// Returns the median rates of both sides, from alternating rounds.
    async fn rounds(&self, peer: &Peer, callers: usize) -> (f64, f64) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let database = self.new_database().await;
            ours.push(self.ours(&database, callers).await);
            self.drop_database(&database).await;
            let database = self.new_database().await;
            theirs.push((peer.sample)(database.clone(), callers).await);
            self.drop_database(&database).await;
        }
        (median(ours), median(theirs))
    }

    async fn ours(&self, database: &str, callers: usize) -> f64 {
        let events = self.open(database).await;
        let rate = measure_appends(&events, callers).await;
        let max = events.max_record_id().await.expect("read").get();
        assert_eq!(max, rate.appends, "each append has the next record id");
        events.close().await.expect("closed");
        rate.per_second()
    }

    /// Returns the appends of the slowest of several processes divided by those of the fastest.
    async fn fairness(&self) -> f64 {
        let database = self.new_database().await;
        drop(self.open(&database).await);
        let program = std::env::current_exe().expect("the path of this program");
        let start = |_| {
            Command::new(&program)
                .env(DATABASE, &database)
                .stdout(Stdio::piped())
                .spawn()
                .expect("a writer starts")
        };
        let writers: Vec<_> = (0..PROCESSES).map(start).collect();
        let counts = writers.into_iter().map(|writer| {
            let output = writer.wait_with_output().expect("a writer ends");
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            text.parse::<f64>().expect("a writer prints a number")
        });
        let counts: Vec<f64> = counts.collect();
        self.drop_database(&database).await;
        let all: f64 = counts.iter().sum();
        println!(
            "{PROCESSES} processes of {CALLERS} callers: {all:.0} events in a round, {counts:?}"
        );
        counts.iter().copied().fold(f64::MAX, f64::min) / counts.iter().copied().fold(1.0, f64::max)
    }

    /// Appends for a round and prints the number of appends, as a writer process.
    async fn write(&self, database: &str) {
        let events = self.open(database).await;
        println!("{}", measure_appends(&events, CALLERS).await.appends);
    }

    async fn open(&self, database: &str) -> Arc<dyn RecordManager> {
        let opened = self.server.open(database, &Opening::default()).await;
        let database = opened.expect("the database opens");
        let events = database.record_manager(Table::stored_events()).await;
        let events = events.expect("the table opens");
        events.setup().await.expect("the table is created");
        events
    }

    async fn new_database(&self) -> String {
        let name = format!("es_bench_{}", Uuid::new_v4().simple());
        let created = self.server.create_database(&name).await;
        created.expect("the database is created");
        name
    }

    async fn drop_database(&self, database: &str) {
        let removed = self.server.drop_database(database).await;
        removed.expect("the database is dropped");
    }
}

/// A number of appends and their duration.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    appends: u64,
    elapsed: Duration,
}

impl Rate {
    /// Measures `append` for a round. Each of the callers calls it again when its last call
    /// returns.
    pub async fn measure<F>(
        callers: usize,
        append: impl Fn() -> F + Send + Sync + Clone + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let appends = Arc::new(AtomicU64::new(0));
        let begin = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            let (append, appends) = (append.clone(), appends.clone());
            tasks.spawn(async move {
                while begin.elapsed() < ROUND {
                    append().await;
                    appends.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        tasks.join_all().await;
        Self {
            appends: appends.load(Ordering::Relaxed),
            elapsed: begin.elapsed(),
        }
    }

    fn per_second(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let appends = self.appends as f64;
        appends / self.elapsed.as_secs_f64()
    }
}

/// Returns the first event of a new sequence, with 144 bytes of data.
#[must_use]
pub fn first_event() -> SequencedItem {
    SequencedItem {
        sequence_id: Uuid::now_v7(),
        position: Position::Integer(0),
        topic: Topic::new("World.SomethingHappened"),
        data: "x".repeat(144).into(),
    }
}

async fn measure_appends(events: &Arc<dyn RecordManager>, callers: usize) -> Rate {
    let events = events.clone();
    let append = move || {
        let events = events.clone();
        async move {
            events
                .append(vec![first_event()].into())
                .await
                .expect("the append succeeds");
        }
    };
    Rate::measure(callers, append).await
}

fn print_ratio(name: &str, goal: f64, ratio: f64) {
    let verdict = if ratio >= goal { "met" } else { "MISSED" };
    println!("ratio: {name}: {ratio:.2} (goal {goal:.2}, {verdict})");
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
