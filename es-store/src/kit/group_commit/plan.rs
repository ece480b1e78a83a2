//! The choice of queued appends for one transaction.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use uuid::Uuid;

use super::job::{Job, Reply, answer};
use crate::append::Append;
use crate::appended::Appended;
use crate::error::RecordError;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// A batch in which no position occurs twice.
///
/// If an append uses a position that an earlier append of the batch has claimed, it is deferred.
/// Whether it conflicts is decided when the earlier append is accepted or rejected, so that a
/// conflict is reported only if the position is really taken.
#[derive(Default)]
pub(super) struct Plan {
    /// The appends to write, parallel to `replies`.
    pub(super) appends: Vec<Append>,
    replies: Vec<Reply>,
    deferred: Vec<Deferred>,
}

struct Deferred {
    job: Job,
    earlier: Vec<EarlierClaim>,
}

/// A position that an earlier append of the batch has claimed.
struct EarlierClaim {
    append: usize,
    key: Key,
}

type Key = (Uuid, Position);

impl Plan {
    /// Splits jobs into appends to write and appends to defer. Answers an append at once if it is
    /// empty or uses a position twice, and drops it if its caller has stopped waiting.
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
            ClaimResult::Claimed => {
                self.appends.push(job.append);
                self.replies.push(job.reply);
            }
            ClaimResult::Contested(earlier) => self.deferred.push(Deferred { job, earlier }),
            ClaimResult::Duplicate(key) => answer(job.reply, Err(conflict(key))),
        }
    }

    /// Answers the appends of the batch with their outcomes. Answers a deferred append with a
    /// conflict if an earlier append was accepted; returns the others for the next batch.
    ///
    /// An append without an outcome gets no answer here: its caller sees that the reply channel was
    /// dropped, and reports an unknown outcome.
    pub(super) fn finish(self, outcomes: Vec<Result<Appended, RecordError>>) -> Vec<Job> {
        let kept: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
        for (reply, outcome) in self.replies.into_iter().zip(outcomes) {
            answer(reply, outcome);
        }
        let mut next = Vec::new();
        for deferred in self.deferred {
            let winner = deferred
                .earlier
                .iter()
                .find(|claim| kept.get(claim.append) == Some(&true));
            match winner {
                Some(claim) => answer(deferred.job.reply, Err(conflict(claim.key))),
                None => next.push(deferred.job),
            }
        }
        next
    }
}

enum ClaimResult {
    Claimed,
    Contested(Vec<EarlierClaim>),
    Duplicate(Key),
}

/// Claims all positions of an append, or none of them.
fn claim(items: &[SequencedItem], owners: &mut HashMap<Key, usize>, append: usize) -> ClaimResult {
    let mut claimed: Vec<Key> = Vec::with_capacity(items.len());
    let mut earlier = Vec::new();
    let mut twice = None;
    for item in items {
        let key = (item.sequence_id, item.position);
        match owners.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(append);
                claimed.push(key);
            }
            Entry::Occupied(entry) if *entry.get() == append => twice = Some(key),
            Entry::Occupied(entry) => earlier.push(EarlierClaim {
                append: *entry.get(),
                key,
            }),
        }
    }
    let claim = match twice {
        Some(key) => ClaimResult::Duplicate(key),
        None if earlier.is_empty() => return ClaimResult::Claimed,
        None => ClaimResult::Contested(earlier),
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
