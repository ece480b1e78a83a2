//! Rates and ratios from interleaved rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// Duration of one side of one round.
const ROUND: Duration = Duration::from_millis(700);
pub(crate) const ROUNDS: usize = 7;

/// Maximum duration of the warm-up of one side.
const MAX_WARM_UP: Duration = Duration::from_secs(10);

/// Maximum difference between the last two rounds of a warm side.
const STEADY: f64 = 0.1;

/// A rate, and its cost to this process.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    per_second: f64,
    /// Processor time per operation in microseconds, without the server and other programs.
    micros: f64,
}

/// The state at the start of a measurement.
pub(crate) struct Clock {
    time: Instant,
    spent: u64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            time: Instant::now(),
            spent: spent(),
        }
    }

    /// Ends the measurement after the given number of operations.
    pub(crate) fn stop(&self, count: u64) -> Sample {
        let spent = spent().saturating_sub(self.spent);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let (count, spent) = (count as f64, spent as f64);
        Sample {
            per_second: count / self.time.elapsed().as_secs_f64(),
            micros: spent / 1_000.0 / count,
        }
    }
}

/// Returns the processor time of this process's threads in nanoseconds.
fn spent() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let ran = tasks.flatten().filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    ran.sum()
}

/// The rates of both sides in each round.
#[derive(Default)]
pub(crate) struct Rounds(Vec<(Sample, Sample)>);

impl Rounds {
    pub(crate) fn push(&mut self, ours: Sample, theirs: Sample) {
        self.0.push((ours, theirs));
    }

    /// Prints the medians of both sides and of the ratios of the rounds.
    pub(crate) fn print(&self, name: &str, peer: &str, goal: Option<f64>) {
        let medians = |figure: fn(&Sample) -> f64| {
            let ours = median(self.0.iter().map(|(ours, _)| figure(ours)));
            let theirs = median(self.0.iter().map(|(_, theirs)| figure(theirs)));
            (ours, theirs)
        };
        let (ours, theirs) = medians(|sample| sample.per_second);
        let (our_cost, their_cost) = medians(|sample| sample.micros);
        let ratios = self.0.iter();
        let ratio = median(ratios.map(|(ours, theirs)| ours.per_second / theirs.per_second));
        let verdict = match goal {
            Some(goal) if ratio >= goal => format!(" (goal {goal:.2}, met)"),
            Some(goal) => format!(" (goal {goal:.2}, MISSED)"),
            None => String::new(),
        };
        println!(
            "ratio: {name}: ours {ours:.0}/s to {peer} {theirs:.0}/s: {ratio:.2}{verdict}; each took the client \
             {our_cost:.1} µs to {their_cost:.1} µs"
        );
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Appends from several callers until a round is as fast as the one before. A server that was just
/// started is several times slower for a while.
pub(crate) async fn warm_up<F>(
    callers: usize,
    append: impl Fn() -> F + Send + Sync + Clone + 'static,
) where
    F: Future<Output = ()> + Send,
{
    let begin = Instant::now();
    let mut before = 0.0;
    while begin.elapsed() < MAX_WARM_UP {
        let now = rate(callers, append.clone()).await.per_second;
        if (now - before).abs() <= STEADY * now {
            return;
        }
        before = now;
    }
}

/// Appends from several callers for a round, each caller one after another, and returns the number
/// of stored appends per second.
pub(crate) async fn rate<F>(
    callers: usize,
    append: impl Fn() -> F + Send + Sync + Clone + 'static,
) -> Sample
where
    F: Future<Output = ()> + Send,
{
    let count = Arc::new(AtomicU64::new(0));
    let clock = Clock::start();
    let begin = clock.time;
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (append, count) = (append.clone(), count.clone());
        tasks.spawn(async move {
            while begin.elapsed() < ROUND {
                append().await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tasks.join_all().await;
    clock.stop(count.load(Ordering::Relaxed))
}
