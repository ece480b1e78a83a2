//! Which of the queued appends can be written in one transaction, and what becomes of the others.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use uuid::Uuid;

use super::answer::{Job, Reply, answer};
use crate::append::Append;
use crate::appended::Appended;
use crate::error::RecordError;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// A batch in which no position occurs twice.
///
/// An append that wants a position which one before it in the batch wants too is held: whether it conflicts is known when
/// that other one, its rival, is kept or refused. So a conflict is only ever told where the position is taken.
#[derive(Default)]
pub(super) struct Plan {
    /// The appends to write, with `replies` beside.
    pub(super) appends: Vec<Append>,
    replies: Vec<Reply>,
    held: Vec<Held>,
}

struct Held {
    job: Job,
    rivals: Vec<Rival>,
}

/// Who else wants a position: the index of an append of the batch.
struct Rival {
    append: usize,
    key: Key,
}

type Key = (Uuid, Position);

impl Plan {
    /// Sorts jobs into appends to write and appends to hold, and answers at once those that hold nothing, that conflict
    /// with themselves, or that nobody waits for any more.
    pub(super) fn new(jobs: Vec<Job>) -> Self {
        let mut plan = Self::default();
        let mut owners = HashMap::with_capacity(jobs.len());
        for job in jobs {
            if !job.reply.is_closed() {
                plan.add(job, &mut owners);
            }
        }
        plan
    }

    fn add(&mut self, job: Job, owners: &mut HashMap<Key, usize>) {
        if job.append.is_empty() {
            return answer(job.reply, Ok(Appended::default()));
        }
        match claim(job.append.items(), owners, self.appends.len()) {
            Claim::Free => {
                self.appends.push(job.append);
                self.replies.push(job.reply);
            }
            Claim::Rivals(rivals) => self.held.push(Held { job, rivals }),
            Claim::Twice(key) => answer(job.reply, Err(conflict(key))),
        }
    }

    /// Answers the appends of the batch by their outcomes, and the held ones whose rivals were kept. Gives back those
    /// whose rivals were all refused: their turn comes next.
    ///
    /// An append without an outcome is not answered here: dropping its reply tells its caller that nobody knows.
    pub(super) fn settle(self, outcomes: Vec<Result<Appended, RecordError>>) -> Vec<Job> {
        let kept: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
        for (reply, outcome) in self.replies.into_iter().zip(outcomes) {
            answer(reply, outcome);
        }
        let mut next = Vec::new();
        for held in self.held {
            let winner = held
                .rivals
                .iter()
                .find(|rival| kept.get(rival.append) == Some(&true));
            match winner {
                Some(rival) => answer(held.job.reply, Err(conflict(rival.key))),
                None => next.push(held.job),
            }
        }
        next
    }
}

enum Claim {
    Free,
    Rivals(Vec<Rival>),
    Twice(Key),
}

/// Claims the positions of an append for it, or none of them.
fn claim(items: &[SequencedItem], owners: &mut HashMap<Key, usize>, append: usize) -> Claim {
    let mut claimed: Vec<Key> = Vec::with_capacity(items.len());
    let mut rivals = Vec::new();
    let mut twice = None;
    for item in items {
        let key = (item.sequence_id, item.position);
        match owners.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(append);
                claimed.push(key);
            }
            Entry::Occupied(entry) if *entry.get() == append => twice = Some(key),
            Entry::Occupied(entry) => rivals.push(Rival {
                append: *entry.get(),
                key,
            }),
        }
    }
    let claim = match twice {
        Some(key) => Claim::Twice(key),
        None if rivals.is_empty() => return Claim::Free,
        None => Claim::Rivals(rivals),
    };
    for key in claimed {
        owners.remove(&key);
    }
    claim
}

fn conflict((sequence_id, position): Key) -> RecordError {
    RecordError::Conflict {
        sequence_id,
        position,
    }
}
