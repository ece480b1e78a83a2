//! Rates and ratios from rounds that take turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// How long one side of one round is measured.
const ROUND: Duration = Duration::from_millis(700);
pub(crate) const ROUNDS: usize = 7;

/// The rates of both sides in each round.
#[derive(Default)]
pub(crate) struct Rounds(Vec<(f64, f64)>);

impl Rounds {
    pub(crate) fn push(&mut self, ours: f64, theirs: f64) {
        self.0.push((ours, theirs));
    }

    /// Prints the medians of both sides, and that of the ratios of each round.
    pub(crate) fn print(&self, what: &str, peer: &str, goal: Option<f64>) {
        let ours = median(self.0.iter().map(|(ours, _)| *ours));
        let theirs = median(self.0.iter().map(|(_, theirs)| *theirs));
        let ratio = median(self.0.iter().map(|(ours, theirs)| ours / theirs));
        let verdict = match goal {
            Some(goal) if ratio >= goal => format!(" (goal {goal:.2}, kept)"),
            Some(goal) => format!(" (goal {goal:.2}, MISSED)"),
            None => String::new(),
        };
        println!("ratio: {what}: ours {ours:.0}/s to {peer} {theirs:.0}/s: {ratio:.2}{verdict}");
    }
}

fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut of: Vec<f64> = of.collect();
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// How many in a second.
pub(crate) fn per_second(count: u64, since: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let count = count as f64;
    count / since.elapsed().as_secs_f64()
}

/// Has a number of callers append, each one after another, for a round; answers how many were kept in a second.
pub(crate) async fn rate<F>(
    callers: usize,
    append: impl Fn() -> F + Send + Sync + Clone + 'static,
) -> f64
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
    per_second(kept.load(Ordering::Relaxed), begin)
}
