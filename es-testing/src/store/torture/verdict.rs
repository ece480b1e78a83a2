//! What was seen against what is stored.

use std::collections::{HashMap, HashSet};
use std::fmt;

use libtest_mimic::Failed;

use super::Torture;
use super::children::Harvest;
use super::follower::{Print, Sighting};
use super::writer::Answer;

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Seconds.
    pub seconds: u64,
    /// Processes that wrote at a time.
    pub writers: usize,
    /// How many of them were killed.
    pub kills: u64,
    /// How often somebody got in their way.
    pub disturbances: usize,
    /// Events stored.
    pub events: usize,
    /// Events whose writers were told that they are stored.
    pub acknowledged: usize,
    /// Appends that were refused as a position was taken.
    pub conflicts: usize,
    /// Appends that were refused as the store could not answer.
    pub unavailable: usize,
    /// Appends of which nobody knew what became.
    pub unknown: usize,
    /// Appends that their callers gave up.
    pub dropped: usize,
    /// Events that a follower never saw, summed over the followers.
    pub skipped: usize,
    /// Events that a follower saw twice, in another order, or otherwise than they are stored.
    pub wrong: usize,
    /// Acknowledged events that are not stored, or not under the id that was told.
    pub lost: usize,
    /// Events that are stored though their writers were told that they are not.
    pub refused_and_stored: usize,
    /// Record ids that are missing or not in order.
    pub holes: usize,
    /// Events that are stored twice.
    pub doubled: usize,
    /// Events that do not stand in the order of their positions, beginning with 0, in their sequence.
    pub out_of_order: usize,
    /// What the writers met and should not have.
    pub complaints: Vec<String>,
}

impl Report {
    pub(super) fn of(
        torture: &Torture,
        harvest: Harvest,
        stored: &[Sighting],
        seen: &[Vec<Sighting>],
    ) -> Self {
        let answers = &harvest.answers;
        let count = |wanted: Answer| answers.iter().filter(|answer| **answer == wanted).count();
        let kept: Vec<Sighting> = answers.iter().filter_map(kept).collect();
        let all: HashSet<Sighting> = stored.iter().copied().collect();
        let items: HashSet<Print> = stored.iter().map(|stored| stored.item).collect();
        let is_stored = |sighting: &&Sighting| all.contains(*sighting);
        let is_refused_and_stored =
            |answer: &&Answer| matches!(answer, Answer::Refused(item) if items.contains(item));
        Self {
            seed: torture.seed,
            seconds: torture.duration.as_secs(),
            writers: torture.writers,
            kills: harvest.kills,
            disturbances: harvest.disturbances,
            events: stored.len(),
            acknowledged: kept.len(),
            conflicts: count(Answer::Conflict),
            unavailable: count(Answer::Unavailable),
            unknown: count(Answer::Unknown),
            dropped: count(Answer::Dropped),
            skipped: seen.iter().map(|seen| skipped(stored, seen)).sum(),
            wrong: seen.iter().map(|seen| wrong(&all, seen)).sum(),
            lost: kept.len() - kept.iter().filter(is_stored).count(),
            refused_and_stored: answers.iter().filter(is_refused_and_stored).count(),
            holes: holes(stored),
            doubled: doubled(stored),
            out_of_order: out_of_order(stored),
            complaints: harvest.complaints,
        }
    }

    /// Whether everything that is promised was kept, and there was something to keep.
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
        broken.iter().all(|count| *count == 0)
            && self.complaints.is_empty()
            && self.acknowledged > 0
    }

    /// Clean, and of a run that had kills, conflicts and disturbances to be clean in spite of; the outcome of a test.
    ///
    /// # Errors
    ///
    /// The figures, where it is not.
    pub fn outcome(&self) -> Result<(), Failed> {
        if self.is_clean() && self.kills > 0 && self.conflicts > 0 && self.disturbances > 0 {
            Ok(())
        } else {
            Err(self.to_string().into())
        }
    }
}

/// The figures, in one line.
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
        self.complaints
            .iter()
            .try_for_each(|complaint| write!(f, "\n{complaint}"))
    }
}

const fn kept(answer: &Answer) -> Option<Sighting> {
    match answer {
        Answer::Kept(sighting) => Some(*sighting),
        _ => None,
    }
}

/// How many stored events a follower did not see.
fn skipped(stored: &[Sighting], seen: &[Sighting]) -> usize {
    let seen: HashSet<Option<u64>> = seen.iter().map(|sighting| sighting.id).collect();
    stored
        .iter()
        .filter(|stored| !seen.contains(&stored.id))
        .count()
}

/// How many events a follower saw otherwise than they are stored, or not behind the one before.
fn wrong(stored: &HashSet<Sighting>, seen: &[Sighting]) -> usize {
    let mut last = None;
    let is_wrong = |sighting: &&Sighting| {
        let follows = std::mem::replace(&mut last, sighting.id) < sighting.id;
        !follows || !stored.contains(*sighting)
    };
    seen.iter().filter(is_wrong).count()
}

fn holes(stored: &[Sighting]) -> usize {
    (1..)
        .zip(stored)
        .filter(|(n, stored)| stored.id.is_some_and(|id| id != *n))
        .count()
}

fn doubled(stored: &[Sighting]) -> usize {
    let texts: HashSet<u64> = stored.iter().map(|stored| stored.item.text).collect();
    stored.len() - texts.len()
}

fn out_of_order(stored: &[Sighting]) -> usize {
    let mut next: HashMap<u128, i64> = HashMap::new();
    let is_out_of_order = |stored: &&Sighting| {
        let next = next.entry(stored.item.sequence).or_default();
        std::mem::replace(next, stored.item.position + 1) != stored.item.position
    };
    stored.iter().filter(is_out_of_order).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(id: u64, sequence: u128, position: i64) -> Sighting {
        let text = id * 1_000;
        Sighting {
            id: Some(id),
            item: Print {
                sequence,
                position,
                text,
            },
        }
    }

    fn report(stored: &[Sighting], seen: &[Sighting], kept: &[Sighting]) -> Report {
        let answers = kept.iter().copied().map(Answer::Kept).collect();
        report_of(answers, stored, &[seen.to_vec()])
    }

    fn report_of(answers: Vec<Answer>, stored: &[Sighting], seen: &[Vec<Sighting>]) -> Report {
        let harvest = Harvest {
            answers,
            ..Harvest::default()
        };
        Report::of(&Torture::default(), harvest, stored, seen)
    }

    fn three() -> [Sighting; 3] {
        [sighting(1, 7, 0), sighting(2, 7, 1), sighting(3, 8, 0)]
    }

    #[test]
    fn what_was_seen_and_told_as_it_is_stored_is_clean() {
        let stored = three();
        assert!(report(&stored, &stored, &stored[..2]).is_clean());
        assert!(
            !report(&[], &[], &[]).is_clean(),
            "a run without events proves nothing"
        );
    }

    #[test]
    fn each_kind_of_damage_is_counted_as_what_it_is() {
        let stored = three();
        let [one, two, three] = stored;
        assert_eq!(report(&stored, &[one, three], &stored).skipped, 1);
        assert_eq!(report(&stored, &[one, one, two, three], &stored).wrong, 1);
        assert_eq!(report(&stored, &[one, three, two], &stored).wrong, 1);
        assert_eq!(
            report(&stored, &[one, two, sighting(3, 9, 0)], &stored).wrong,
            1
        );
        assert_eq!(report(&stored, &stored, &[sighting(4, 8, 1)]).lost, 1);
        assert_eq!(report(&stored, &stored, &[sighting(2, 8, 0)]).lost, 1);
        let moved = [one, two, sighting(4, 8, 0)];
        assert_eq!(report(&moved, &moved, &[one]).holes, 1);
        let twice = [one, two, Sighting { id: Some(3), ..two }];
        assert_eq!(report(&twice, &twice, &[one]).doubled, 1);
        let turned = [sighting(1, 7, 1), sighting(2, 7, 0)];
        assert_eq!(report(&turned, &turned, &[]).out_of_order, 2);
    }

    #[test]
    fn what_was_refused_is_not_to_be_stored() {
        let stored = three();
        let answers = [Answer::Kept(stored[0]), Answer::Refused(stored[1].item)];
        let report = report_of(answers.to_vec(), &stored, &[]);
        assert_eq!(report.refused_and_stored, 1);
        assert!(!report.is_clean());
    }

    #[test]
    fn without_record_ids_the_rest_is_checked_all_the_same() {
        let stored = three().map(|stored| Sighting { id: None, ..stored });
        let [one, two, _] = stored;
        let kept = [Answer::Kept(one), Answer::Kept(two)].to_vec();
        assert!(report_of(kept.clone(), &stored, &[]).is_clean());
        assert_eq!(report_of(kept.clone(), &[one], &[]).lost, 1);
        assert_eq!(report_of(kept, &[two, one], &[]).out_of_order, 2);
    }

    #[test]
    fn answers_are_read_back_from_their_lines_and_cut_ones_are_not() {
        let item = Print {
            sequence: 3,
            position: -4,
            text: 5,
        };
        let id = Some(12);
        let kept = Answer::Kept(Sighting { id, item });
        for answer in [
            kept,
            Answer::Kept(Sighting { id: None, item }),
            Answer::Refused(item),
            Answer::Conflict,
            Answer::Unavailable,
            Answer::Unknown,
            Answer::Dropped,
        ] {
            assert_eq!(Answer::parse(&answer.to_string()), Some(answer));
        }
        let line = kept.to_string();
        assert!((0..line.len()).all(|end| Answer::parse(&line[..end]).is_none()));
    }
}
