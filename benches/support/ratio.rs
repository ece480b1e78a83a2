//! Ratios measured in one run: the two sides in turn, round by round, so that a machine whose speed drifts is fair to
//! both.

use std::time::{Duration, Instant};

/// Rounds; the median of their ratios is printed.
const ROUNDS: usize = 31;

/// Prints how fast `ours` is against `theirs`, 1 being as fast; says whether the goal is met.
pub fn print(name: &str, goal: f64, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
    ours();
    theirs();
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let ours = time(&mut ours);
            let theirs = time(&mut theirs);
            theirs.as_secs_f64() / ours.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    let (low, median, high) = (
        ratios[ROUNDS / 4],
        ratios[ROUNDS / 2],
        ratios[ROUNDS * 3 / 4],
    );
    let verdict = if median >= goal { "met" } else { "MISSED" };
    println!("{name}: {median:.2} (quartiles {low:.2} to {high:.2}; goal {goal:.2} {verdict})");
}

fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
