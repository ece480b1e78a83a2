//! Ratios measured in one run. The two sides take turns, round by round, so that a drift in the
//! speed of the machine affects both.

use std::time::{Duration, Instant};

/// A measurement of several rounds, of which the median is printed.
pub(crate) struct Ratio {
    pub(crate) name: String,
    pub(crate) goal: f64,
    pub(crate) rounds: usize,
    /// Number of items per run, if their rate is printed.
    pub(crate) things: Option<u64>,
}

impl Ratio {
    pub(crate) fn new(name: impl Into<String>, goal: f64) -> Self {
        Self {
            name: name.into(),
            goal,
            rounds: 31,
            things: None,
        }
    }

    /// Prints the speed of `ours` relative to `theirs`, 1 being equal, and whether the goal is met.
    pub(crate) fn print(&self, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
        ours();
        theirs();
        let mut times = Vec::new();
        let mut ratios: Vec<f64> = (0..self.rounds)
            .map(|_| {
                let ours = time(&mut ours);
                let theirs = time(&mut theirs);
                times.push(ours.as_secs_f64());
                theirs.as_secs_f64() / ours.as_secs_f64()
            })
            .collect();
        let [low, median, high] = quartiles(&mut ratios);
        let verdict = if median >= self.goal { "met" } else { "MISSED" };
        let rate = self.things.map_or(String::new(), |things| {
            let [_, time, _] = quartiles(&mut times);
            #[allow(clippy::cast_precision_loss, reason = "a rate is about right")]
            let rate = things as f64 / time;
            format!("{rate:.0} a second, ")
        });
        println!(
            "{}: {rate}{median:.2} (quartiles {low:.2} to {high:.2}; goal {:.2} {verdict})",
            self.name, self.goal
        );
    }
}

fn quartiles(of: &mut [f64]) -> [f64; 3] {
    of.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| of[of.len() * quarter / 4])
}

fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
