//! Replay that begins at a snapshot.

use super::snapshot::Snapshot;
use super::state::Misfit;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::{EventKind, Header, Role, Stored, Version};
use crate::domain::integrity::EventHash;
use crate::domain::replay::Replay;
use crate::error::{Damage, IntegrityError, Result};

/// What the stored event at a snapshot's version must be: the first event of the replay that follows, and not applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    version: Version,
    expected: Expected,
}

#[derive(Debug, Clone, Copy)]
enum Expected {
    /// The event with this hash, where events have one.
    Head(EventHash),
    Discarded,
}

impl<A: Aggregate> Replay<A> {
    /// Begins at a snapshot, instead of at the first event; says whether it did. One that this program does not
    /// understand, of another type or of another shape, is traced and changes nothing: replay begins at the first event
    /// then.
    ///
    /// The events to apply are those from the snapshot's version on, with that of this version itself: it is what the
    /// snapshot is checked against.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::error::Error::Integrity) where the state is that of another aggregate or version.
    pub fn resume(&mut self, snapshot: &Snapshot) -> Result<bool> {
        let Some(ops) = &A::STATE else {
            return Ok(false);
        };
        let version = snapshot.originator_version();
        let Some(state) = snapshot.state() else {
            self.anchor(version, Expected::Discarded);
            return Ok(true);
        };
        let topic = snapshot.aggregate_topic();
        if *topic != *A::TOPIC && !A::WAS.contains(&topic.as_str()) {
            tracing::warn!(
                ?snapshot,
                "a snapshot of another type than {} is ignored",
                A::TOPIC
            );
            return Ok(false);
        }
        match ops.aggregate(state, (self.id, version), self.salt.clone()) {
            Ok(aggregate) => {
                self.anchor(version, Expected::Head(aggregate.__root().head));
                self.aggregate = Some(aggregate);
                Ok(true)
            }
            Err(Misfit::OtherRow) => Err(self.damaged(version, Damage::Snapshot)),
            Err(misfit) => {
                tracing::warn!(?snapshot, error = %misfit, "a snapshot that does not fit this program is ignored");
                Ok(false)
            }
        }
    }

    /// The snapshot of what was replayed; none where it was nothing.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) where the state cannot be stored.
    pub(crate) fn snapshot(self) -> Result<Option<Snapshot>> {
        let aggregate = self.checked()?;
        let (Some(ops), Some(aggregate)) = (&A::STATE, aggregate) else {
            return Ok(None);
        };
        ops.snapshot(&aggregate).map(Some)
    }

    /// Checks the first event after the snapshot was taken up.
    pub(crate) fn check_anchor(&mut self, anchor: Anchor, stored: Stored<'_>) -> Result<()> {
        let damaged = |damage| stored.damaged(damage);
        if stored.position != anchor.version.into() {
            return Err(self.damaged(anchor.version, Damage::Snapshot));
        }
        let header = Header::of(stored.text).map_err(|error| damaged(Damage::Malformed(error)))?;
        let checked = stored.check(&header, A::KIND, None, &self.salt)?;
        let fits = match anchor.expected {
            Expected::Head(head) => checked.hash.is_none_or(|hash| hash == head),
            Expected::Discarded => EventKind::<A>::find(stored.topic.as_str())
                .is_some_and(|kind| kind.role == Role::Discards),
        };
        if !fits {
            return Err(damaged(Damage::Snapshot));
        }
        self.ended = matches!(anchor.expected, Expected::Discarded);
        Ok(())
    }

    /// What was replayed, also where it was discarded. A snapshot whose event did not come is one of another sequence.
    #[doc(hidden)]
    pub fn checked(self) -> Result<Option<A>> {
        match self.anchor {
            Some(anchor) => Err(self.damaged(anchor.version, Damage::Snapshot)),
            None => Ok(self.aggregate),
        }
    }

    fn anchor(&mut self, version: Version, expected: Expected) {
        self.anchor = Some(Anchor { version, expected });
    }

    fn damaged(&self, version: Version, damage: Damage) -> crate::error::Error {
        IntegrityError {
            sequence_id: self.id,
            position: version.into(),
            damage,
        }
        .into()
    }
}

/// Whether snapshots can be taken of aggregates of a type.
pub(crate) const fn has_snapshots<A: Aggregate>() -> bool {
    A::STATE.is_some()
}
