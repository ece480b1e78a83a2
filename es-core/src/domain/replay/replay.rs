//! Replay of stored events into an aggregate, with all checks of the hash chain.

use es_store::Topic;
use uuid::Uuid;

use super::resume::SnapshotCheck;
use crate::domain::aggregate::{Aggregate, AggregateState, EventKind, Role, applying, topic_of};
use crate::domain::event::{Predecessor, RawHeader, Stored};
use crate::domain::integrity::Salt;
use crate::error::{Damage, Error, Result};

/// A replay of stored events into an aggregate.
pub struct Replay<A: Aggregate> {
    pub(crate) id: Uuid,
    pub(crate) salt: Salt,
    pub(crate) aggregate: Option<A>,
    /// The check of the next event, if the replay has just started at a snapshot.
    pub(crate) pending_check: Option<SnapshotCheck>,
    /// The replay started at the snapshot of a discarded aggregate.
    pub(crate) discarded: bool,
}

impl<A: Aggregate> Replay<A> {
    /// Starts a replay of the aggregate with this id. `salt` is the salt of its hashes.
    pub fn new(id: Uuid, salt: Salt) -> Self {
        Self {
            id,
            salt,
            aggregate: None,
            pending_check: None,
            discarded: false,
        }
    }

    /// Checks and applies the next event of the sequence: it must belong to this aggregate, follow
    /// the event before it and match its hash.
    ///
    /// # Errors
    ///
    /// * [`Error::Integrity`] if a check fails;
    /// * [`Error::WrongType`] if the sequence belongs to an aggregate of another type;
    /// * [`Error::UnknownTopic`], [`Error::Undecodable`] or [`Error::NewerEvent`] if this program
    ///   cannot read the event.
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        if let Some(check) = self.pending_check.take() {
            return self.check_snapshot(check, stored);
        }
        if self.discarded {
            return Err(stored.damaged(Damage::AfterDiscarded));
        }
        match &mut self.aggregate {
            None => self.aggregate = Some(create(stored, &self.salt)?),
            Some(aggregate) => apply(aggregate, stored, &self.salt)?,
        }
        Ok(())
    }

    /// Returns the aggregate after the last event.
    ///
    /// # Errors
    ///
    /// * [`Error::NotFound`] if there was no event or the aggregate is discarded;
    /// * [`Error::Integrity`] if the replay started at a snapshot and no event was applied.
    pub fn finish(self) -> Result<A> {
        let id = self.id;
        let found = self
            .checked()?
            .filter(|aggregate| !aggregate.is_discarded());
        found.ok_or_else(|| Error::NotFound {
            aggregate: Some(topic_of::<A>().clone()),
            id,
        })
    }
}

fn apply<A: Aggregate>(aggregate: &mut A, stored: Stored<'_>, salt: &Salt) -> Result<()> {
    let state = aggregate.__state();
    if state.discarded {
        return Err(stored.damaged(Damage::AfterDiscarded));
    }
    let predecessor = Predecessor {
        hash: state.head,
        version: state.version,
    };
    let kind = EventKind::<A>::find(stored.topic.as_str()).ok_or_else(|| stored.unknown())?;
    if kind.role == Role::Creates {
        return Err(stored.damaged(Damage::CreatedTwice));
    }
    let mut header = RawHeader::default();
    let event = (kind.decode)(stored.text, &mut header)
        .map_err(|error| stored.undecodable(error, A::KIND, Some(predecessor), salt))?;
    let checked = stored.check(&header, A::KIND, Some(predecessor), salt)?;
    aggregate.__state_mut().advance(checked);
    applying::apply(aggregate, |aggregate| aggregate.__mutate(&event));
    aggregate.__state_mut().discarded = kind.role == Role::Discards;
    Ok(())
}

fn create<A: Aggregate>(stored: Stored<'_>, salt: &Salt) -> Result<A> {
    let Some(kind) = EventKind::<A>::find(stored.topic.as_str()) else {
        // The sequence may belong to an aggregate of another type.
        return Err(wrong_type::<A>(stored).unwrap_or_else(|| stored.unknown()));
    };
    if kind.role != Role::Creates {
        return Err(stored.damaged(Damage::NotCreated));
    }
    let mut header = RawHeader::default();
    let created = (A::CREATED_OPS.codec.decode)(stored.text, &mut header);
    if let Some(error) = header
        .originator_topic
        .as_deref()
        .and_then(|topic| wrong_type_error::<A>(stored, topic))
    {
        return Err(error);
    }
    let created = created.map_err(|error| stored.undecodable(error, A::KIND, None, salt))?;
    let checked = stored.check(&header, A::KIND, None, salt)?;
    Ok(A::__new(
        created,
        AggregateState::created(stored.sequence_id, checked, salt.clone()),
    ))
}

fn wrong_type<A: Aggregate>(stored: Stored<'_>) -> Option<Error> {
    wrong_type_error::<A>(stored, &stored.originator_topic()?)
}

pub(super) fn wrong_type_error<A: Aggregate>(stored: Stored<'_>, topic: &str) -> Option<Error> {
    let is_same_type = topic == A::TOPIC || A::WAS.contains(&topic);
    (!is_same_type).then(|| Error::WrongType {
        id: stored.sequence_id,
        expected: topic_of::<A>().clone(),
        stored: Topic::stored(topic),
    })
}
