//! The comparison of reports and observations with the stored items.

use std::collections::{HashMap, HashSet};
use std::fmt;

use libtest_mimic::Failed;

use super::Torture;
use super::children::Findings;
use super::follower::{Fingerprint, Observation};
use super::writer::Answer;

/// The results of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Seed of the run.
    pub seed: u64,
    /// Duration in seconds.
    pub seconds: u64,
    /// Number of concurrent writer processes.
    pub writers: usize,
    /// Number of writers that were killed.
    pub kills: u64,
    /// Number of disturbances of the writers.
    pub disturbances: usize,
    /// Number of stored events.
    pub events: usize,
    /// Number of events that the store acknowledged.
    pub acknowledged: usize,
    /// Number of appends that were refused because a position was taken.
    pub conflicts: usize,
    /// Number of appends that were refused because the store was unavailable.
    pub unavailable: usize,
    /// Number of appends with an unknown outcome.
    pub unknown: usize,
    /// Number of appends that their callers dropped.
    pub dropped: usize,
    /// Number of events that a follower did not read, summed over the followers.
    pub skipped: usize,
    /// Number of events that a follower read twice, out of order, or with other contents than
    /// stored.
    pub wrong: usize,
    /// Number of acknowledged events that are not stored, or not under the acknowledged id.
    pub lost: usize,
    /// Number of events that are stored although the store refused them.
    pub refused_and_stored: usize,
    /// Number of record ids that are missing or out of order.
    pub holes: usize,
    /// Number of events that are stored twice.
    pub doubled: usize,
    /// Number of events that break the order 0, 1, 2 … of positions in their sequence.
    pub out_of_order: usize,
    /// Failures of writers.
    pub failures: Vec<String>,
}

impl Report {
    pub(super) fn new(
        torture: &Torture,
        findings: Findings,
        stored: &[Observation],
        seen: &[Vec<Observation>],
    ) -> Self {
        let answers = &findings.answers;
        let count = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count();
        let acknowledged: Vec<Observation> =
            answers.iter().filter_map(stored_observation).collect();
        let all: HashSet<Observation> = stored.iter().copied().collect();
        let items: HashSet<Fingerprint> = stored.iter().map(|stored| stored.item).collect();
        let is_stored = |observation: &&Observation| all.contains(*observation);
        let is_refused_and_stored =
            |answer: &&Answer| matches!(answer, Answer::Refused(item) if items.contains(item));
        Self {
            seed: torture.seed,
            seconds: torture.duration.as_secs(),
            writers: torture.writers,
            kills: findings.kills,
            disturbances: findings.disturbances,
            events: stored.len(),
            acknowledged: acknowledged.len(),
            conflicts: count(Answer::Conflict),
            unavailable: count(Answer::Unavailable),
            unknown: count(Answer::Unknown),
            dropped: count(Answer::Dropped),
            skipped: seen.iter().map(|seen| skipped(stored, seen)).sum(),
            wrong: seen.iter().map(|seen| wrong(&all, seen)).sum(),
            lost: acknowledged.len() - acknowledged.iter().filter(is_stored).count(),
            refused_and_stored: answers.iter().filter(is_refused_and_stored).count(),
            holes: holes(stored),
            doubled: doubled(stored),
            out_of_order: out_of_order(stored),
            failures: findings.failures,
        }
    }

    /// Returns whether the store kept all promises and acknowledged at least one event.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let broken = [
            self.skipped,
            self.wrong,
            self.lost,
            self.refused_and_stored,
            self.holes,
            self.doubled,
            self.out_of_order,
        ];
        broken.iter().all(|count| *count == 0) && self.failures.is_empty() && self.acknowledged > 0
    }

    /// Returns the outcome as a test. A run without kills, conflicts or disturbances fails too,
    /// because it proves little.
    ///
    /// # Errors
    ///
    /// The report, if the test failed.
    pub fn outcome(&self) -> Result<(), Failed> {
        if self.is_clean() && self.kills > 0 && self.conflicts > 0 && self.disturbances > 0 {
            Ok(())
        } else {
            Err(self.to_string().into())
        }
    }
}

/// Writes the report in one line, and a line for each failure of a writer.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "torture: seed {} seconds {} writers {} kills {} disturbances {} events {} acknowledged {} conflicts {} unavailable {} \
             unknown {} dropped {} skipped {} wrong {} lost {} refused and stored {} holes {} doubled {} out of order {}",
            self.seed,
            self.seconds,
            self.writers,
            self.kills,
            self.disturbances,
            self.events,
            self.acknowledged,
            self.conflicts,
            self.unavailable,
            self.unknown,
            self.dropped,
            self.skipped,
            self.wrong,
            self.lost,
            self.refused_and_stored,
            self.holes,
            self.doubled,
            self.out_of_order
        )?;
        self.failures
            .iter()
            .try_for_each(|failure| write!(f, "\n{failure}"))
    }
}

const fn stored_observation(answer: &Answer) -> Option<Observation> {
    match answer {
        Answer::Stored(observation) => Some(*observation),
        _ => None,
    }
}

/// Counts the stored events that a follower did not read.
fn skipped(stored: &[Observation], seen: &[Observation]) -> usize {
    let seen: HashSet<Option<u64>> = seen.iter().map(|observation| observation.id).collect();
    stored
        .iter()
        .filter(|stored| !seen.contains(&stored.id))
        .count()
}

/// Counts the events that a follower read with other contents than stored, or not after the
/// previous one.
fn wrong(stored: &HashSet<Observation>, seen: &[Observation]) -> usize {
    let mut last = None;
    let is_wrong = |observation: &&Observation| {
        let follows = std::mem::replace(&mut last, observation.id) < observation.id;
        !follows || !stored.contains(*observation)
    };
    seen.iter().filter(is_wrong).count()
}

fn holes(stored: &[Observation]) -> usize {
    (1..)
        .zip(stored)
        .filter(|(n, stored)| stored.id.is_some_and(|id| id != *n))
        .count()
}

fn doubled(stored: &[Observation]) -> usize {
    let texts: HashSet<u64> = stored.iter().map(|stored| stored.item.text).collect();
    stored.len() - texts.len()
}

fn out_of_order(stored: &[Observation]) -> usize {
    let mut next: HashMap<u128, i64> = HashMap::new();
    let is_out_of_order = |stored: &&Observation| {
        let next = next.entry(stored.item.sequence).or_default();
        std::mem::replace(next, stored.item.position + 1) != stored.item.position
    };
    stored.iter().filter(is_out_of_order).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(id: u64, sequence: u128, position: i64) -> Observation {
        let text = id * 1_000;
        Observation {
            id: Some(id),
            item: Fingerprint {
                sequence,
                position,
                text,
            },
        }
    }

    fn report(
        stored: &[Observation],
        seen: &[Observation],
        acknowledged: &[Observation],
    ) -> Report {
        let answers = acknowledged.iter().copied().map(Answer::Stored).collect();
        report_with(answers, stored, &[seen.to_vec()])
    }

    fn report_with(
        answers: Vec<Answer>,
        stored: &[Observation],
        seen: &[Vec<Observation>],
    ) -> Report {
        let findings = Findings {
            answers,
            ..Findings::default()
        };
        Report::new(&Torture::default(), findings, stored, seen)
    }

    fn three() -> [Observation; 3] {
        [
            observation(1, 7, 0),
            observation(2, 7, 1),
            observation(3, 8, 0),
        ]
    }

    #[test]
    fn observations_and_reports_that_match_the_store_are_clean() {
        let stored = three();
        assert!(report(&stored, &stored, &stored[..2]).is_clean());
        assert!(
            !report(&[], &[], &[]).is_clean(),
            "a run without events proves nothing"
        );
    }

    #[test]
    fn each_kind_of_damage_is_counted_separately() {
        let stored = three();
        let [one, two, three] = stored;
        assert_eq!(report(&stored, &[one, three], &stored).skipped, 1);
        assert_eq!(report(&stored, &[one, one, two, three], &stored).wrong, 1);
        assert_eq!(report(&stored, &[one, three, two], &stored).wrong, 1);
        assert_eq!(
            report(&stored, &[one, two, observation(3, 9, 0)], &stored).wrong,
            1
        );
        assert_eq!(report(&stored, &stored, &[observation(4, 8, 1)]).lost, 1);
        assert_eq!(report(&stored, &stored, &[observation(2, 8, 0)]).lost, 1);
        let moved = [one, two, observation(4, 8, 0)];
        assert_eq!(report(&moved, &moved, &[one]).holes, 1);
        let twice = [one, two, Observation { id: Some(3), ..two }];
        assert_eq!(report(&twice, &twice, &[one]).doubled, 1);
        let turned = [observation(1, 7, 1), observation(2, 7, 0)];
        assert_eq!(report(&turned, &turned, &[]).out_of_order, 2);
    }

    #[test]
    fn a_refused_item_that_is_stored_is_counted() {
        let stored = three();
        let answers = [Answer::Stored(stored[0]), Answer::Refused(stored[1].item)];
        let report = report_with(answers.to_vec(), &stored, &[]);
        assert_eq!(report.refused_and_stored, 1);
        assert!(!report.is_clean());
    }

    #[test]
    fn the_other_checks_apply_without_record_ids() {
        let stored = three().map(|stored| Observation { id: None, ..stored });
        let [one, two, _] = stored;
        let acknowledged = [Answer::Stored(one), Answer::Stored(two)].to_vec();
        assert!(report_with(acknowledged.clone(), &stored, &[]).is_clean());
        assert_eq!(report_with(acknowledged.clone(), &[one], &[]).lost, 1);
        assert_eq!(report_with(acknowledged, &[two, one], &[]).out_of_order, 2);
    }

    #[test]
    fn answers_are_parsed_from_their_lines_but_not_from_truncated_lines() {
        let item = Fingerprint {
            sequence: 3,
            position: -4,
            text: 5,
        };
        let id = Some(12);
        let acknowledged = Answer::Stored(Observation { id, item });
        for answer in [
            acknowledged,
            Answer::Stored(Observation { id: None, item }),
            Answer::Refused(item),
            Answer::Conflict,
            Answer::Unavailable,
            Answer::Unknown,
            Answer::Dropped,
        ] {
            assert_eq!(Answer::parse(&answer.to_string()), Some(answer));
        }
        let line = acknowledged.to_string();
        assert!((0..line.len()).all(|end| Answer::parse(&line[..end]).is_none()));
    }
}
