//! The choice of queued appends for one transaction.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use uuid::Uuid;

use super::queued_append::{QueuedAppend, Reply, answer};
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
    queued: QueuedAppend,
    earlier: Vec<EarlierClaim>,
}

/// A position that an earlier append of the batch has claimed.
struct EarlierClaim {
    append: usize,
    key: Key,
}

type Key = (Uuid, Position);

impl Plan {
    /// Splits queued appends into appends to write and appends to defer. Answers an append at once if it is
    /// empty or uses a position twice, and drops it if its caller has stopped waiting.
    pub(super) fn new(queued_appends: Vec<QueuedAppend>) -> Self {
        let mut plan = Self::default();
        let mut owners = HashMap::with_capacity(queued_appends.len());
        for queued in queued_appends {
            if !queued.reply.is_closed() {
                plan.add(queued, &mut owners);
            }
        }
        plan
    }

    fn add(&mut self, queued: QueuedAppend, owners: &mut HashMap<Key, usize>) {
        if queued.append.is_empty() {
            return answer(queued.reply, Ok(Appended::default()));
        }
        match claim(queued.append.items(), owners, self.appends.len()) {
            ClaimResult::Claimed => {
                self.appends.push(queued.append);
                self.replies.push(queued.reply);
            }
            ClaimResult::Contested(earlier) => self.deferred.push(Deferred { queued, earlier }),
            ClaimResult::Duplicate(key) => answer(queued.reply, Err(conflict(key))),
        }
    }

    /// Answers the appends of the batch with their outcomes. Answers a deferred append with a
    /// conflict if an earlier append was accepted; returns the others for the next batch.
    ///
    /// An append without an outcome gets no answer here: its caller sees that the reply channel was
    /// dropped, and reports an unknown outcome.
    pub(super) fn finish(self, outcomes: Vec<Result<Appended, RecordError>>) -> Vec<QueuedAppend> {
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
                Some(claim) => answer(deferred.queued.reply, Err(conflict(claim.key))),
                None => next.push(deferred.queued),
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
