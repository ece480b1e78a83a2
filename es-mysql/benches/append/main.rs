//! Appends of one event, and what they are compared with, on the server that `ES_MYSQL_URL` names.
//!
//! `cargo bench -p es-mysql` prints, from rounds that take turns, the ratios that are promised; a shared machine's moods
//! touch both sides of a ratio alike.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod ours;
mod peers;
mod processes;
mod server;

use std::time::Duration;

use tokio::runtime::Runtime;

use server::Schema;

/// How long one side of one round is measured.
const ROUND: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;

/// Appends by a number of callers, each with one in flight, for a while; answers how many were kept in a second.
type Sample = fn(&Runtime, &Schema, usize) -> f64;

fn main() {
    if processes::become_writer() || !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    if !server::is_there() {
        println!("ES_MYSQL_URL is not set: nothing is measured");
        return;
    }
    let runtime = Runtime::new().expect("a runtime");
    for callers in [32, 256] {
        for (what, goal, peer) in [
            (
                "plain inserts with gaps",
                if callers == 32 { 1.0 } else { 0.0 },
                peers::plain as Sample,
            ),
            ("group commit by hand", 0.8, peers::group_commit as Sample),
        ] {
            let (ours, peer) = rounds(&runtime, callers, peer);
            line(
                &format!("{callers} callers, ours {ours:.0}/s to {what} {peer:.0}/s"),
                goal,
                ours / peer,
            );
        }
    }
    line(
        "4 processes, slowest to fastest",
        0.5,
        processes::fairness(&runtime),
    );
}

fn line(what: &str, goal: f64, ratio: f64) {
    let verdict = if ratio >= goal { "kept" } else { "MISSED" };
    println!("ratio: {what}: {ratio:.2} (goal {goal:.2}, {verdict})");
}

/// The medians of both sides, measured by turns.
fn rounds(runtime: &Runtime, callers: usize, peer: Sample) -> (f64, f64) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (sample, rates) in [(ours::append as Sample, &mut ours), (peer, &mut theirs)] {
            let schema = runtime.block_on(Schema::new());
            rates.push(sample(runtime, &schema, callers));
            runtime.block_on(schema.drop());
        }
    }
    (median(ours), median(theirs))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
