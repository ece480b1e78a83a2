//! Appends of one event to a server, and what they are compared with.

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

/// How long one side of one round is measured.
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;

/// The variable that makes a process a writer, and names the database.
const DATABASE: &str = "ES_BENCH_DATABASE";
const PROCESSES: usize = 4;
const CALLERS: usize = 32;

/// A benchmark without a harness: prints, from rounds that take turns, ratios and the goals that are promised; a shared
/// machine's moods touch both sides of a ratio alike.
pub struct AppendBench {
    server: Arc<dyn Server>,
    peers: Vec<Peer>,
}

/// What one would write by hand.
struct Peer {
    what: &'static str,
    goal: fn(usize) -> f64,
    sample: Sample,
}

/// Appends to a new database by a number of callers; answers how many were kept in a second.
type Sample = Box<dyn Fn(String, usize) -> Pin<Box<dyn Future<Output = f64>>>>;

impl AppendBench {
    /// Of a store on a server.
    pub fn new(server: impl Server) -> Self {
        Self {
            server: Arc::new(server),
            peers: Vec::new(),
        }
    }

    /// Compares with what one would write by hand: `sample` is given a new database and a number of callers, and answers with
    /// its [`Rate`]. `goal` says, for the number of callers, to how many parts of that the store is to come.
    #[must_use]
    pub fn peer<F: Future<Output = Rate> + 'static>(
        mut self,
        what: &'static str,
        goal: fn(usize) -> f64,
        sample: fn(String, usize) -> F,
    ) -> Self {
        let sample: Sample = Box::new(move |database, callers| {
            let sampling = sample(database, callers);
            Box::pin(async move { sampling.await.per_second() })
        });
        self.peers.push(Peer { what, goal, sample });
        self
    }

    /// The whole `main` of the benchmark. Nothing is measured where there is no server.
    ///
    /// # Panics
    ///
    /// Where the server or a process fails.
    pub fn run(&self) {
        let runtime = Runtime::new().expect("a runtime");
        if let Ok(database) = std::env::var(DATABASE) {
            return runtime.block_on(self.write(&database));
        }
        if !std::env::args().any(|argument| argument == "--bench") {
            return;
        }
        if !self.server.is_there() {
            println!("there is no server: nothing is measured");
            return;
        }
        runtime.block_on(self.measure());
    }

    async fn measure(&self) {
        for callers in [32, 256] {
            for peer in &self.peers {
                let (ours, theirs) = self.rounds(peer, callers).await;
                let what = format!(
                    "{callers} callers, ours {ours:.0}/s to {} {theirs:.0}/s",
                    peer.what
                );
                line(&what, (peer.goal)(callers), ours / theirs);
            }
        }
        let mut ratios = Vec::new();
        for _ in 0..3 {
            ratios.push(self.fairness().await);
        }
        line("4 processes, slowest to fastest", 0.5, median(ratios));
    }

    /// The medians of both sides, measured by turns.
    async fn rounds(&self, peer: &Peer, callers: usize) -> (f64, f64) {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let database = self.new_database().await;
            ours.push(self.ours(&database, callers).await);
            self.remove(&database).await;
            let database = self.new_database().await;
            theirs.push((peer.sample)(database.clone(), callers).await);
            self.remove(&database).await;
        }
        (median(ours), median(theirs))
    }

    async fn ours(&self, database: &str, callers: usize) -> f64 {
        let events = self.open(database).await;
        let rate = rate_of(&events, callers).await;
        let max = events.max_record_id().await.expect("read").get();
        assert_eq!(max, rate.kept, "what was kept is there, without a hole");
        events.close().await.expect("closed");
        rate.per_second()
    }

    /// What the slowest of several processes kept, in parts of what the fastest did.
    async fn fairness(&self) -> f64 {
        let database = self.new_database().await;
        drop(self.open(&database).await);
        let program = std::env::current_exe().expect("this program's path");
        let start = |_| {
            Command::new(&program)
                .env(DATABASE, &database)
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
        self.remove(&database).await;
        let all: f64 = kept.iter().sum();
        println!(
            "{PROCESSES} processes of {CALLERS} callers: {all:.0} events in a round, {kept:?}"
        );
        kept.iter().copied().fold(f64::MAX, f64::min) / kept.iter().copied().fold(1.0, f64::max)
    }

    /// Appends and prints how many were kept: what a process does that was started to.
    async fn write(&self, database: &str) {
        let events = self.open(database).await;
        println!("{}", rate_of(&events, CALLERS).await.kept);
    }

    async fn open(&self, database: &str) -> Arc<dyn RecordManager> {
        let opened = self.server.open(database, &Opening::default()).await;
        let database = opened.expect("opened");
        let events = database.record_manager(Table::stored_events()).await;
        let events = events.expect("a table");
        events.setup().await.expect("made");
        events
    }

    async fn new_database(&self) -> String {
        let name = format!("es_bench_{}", Uuid::new_v4().simple());
        self.server.make(&name).await.expect("made");
        name
    }

    async fn remove(&self, database: &str) {
        self.server.remove(database).await.expect("dropped");
    }
}

/// How much was kept, and in what time.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    kept: u64,
    elapsed: Duration,
}

impl Rate {
    /// Has a number of callers append, each one after another, for a round.
    pub async fn of<F>(
        callers: usize,
        append: impl Fn() -> F + Send + Sync + Clone + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let kept = Arc::new(AtomicU64::new(0));
        let begin = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..callers {
            let (append, kept) = (append.clone(), kept.clone());
            tasks.spawn(async move {
                while begin.elapsed() < ROUND {
                    append().await;
                    kept.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        tasks.join_all().await;
        Self {
            kept: kept.load(Ordering::Relaxed),
            elapsed: begin.elapsed(),
        }
    }

    fn per_second(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let kept = self.kept as f64;
        kept / self.elapsed.as_secs_f64()
    }
}

/// A first event of 144 bytes.
#[must_use]
pub fn first_event() -> SequencedItem {
    SequencedItem {
        sequence_id: Uuid::now_v7(),
        position: Position::Integer(0),
        topic: Topic::new("World.SomethingHappened"),
        data: "x".repeat(144).into(),
    }
}

async fn rate_of(events: &Arc<dyn RecordManager>, callers: usize) -> Rate {
    let events = events.clone();
    let append = move || {
        let events = events.clone();
        async move {
            events
                .append(vec![first_event()].into())
                .await
                .expect("kept");
        }
    };
    Rate::of(callers, append).await
}

fn line(what: &str, goal: f64, ratio: f64) {
    let verdict = if ratio >= goal { "kept" } else { "MISSED" };
    println!("ratio: {what}: {ratio:.2} (goal {goal:.2}, {verdict})");
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
