//! Replay that begins at a snapshot.

use super::replay::Replay;
use crate::domain::aggregate::{Aggregate, EventKind, Role, StateError};
use crate::domain::event::{RawHeader, Stored, Version};
use crate::domain::integrity::EventHash;
use crate::domain::snapshot::Snapshot;
use crate::error::{Damage, IntegrityError, Result};

/// What the stored event at a snapshot's version must be: the first event of the replay that follows, and not applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SnapshotCheck {
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
            self.expect(version, Expected::Discarded);
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
                self.expect(version, Expected::Head(aggregate.__root().head));
                self.aggregate = Some(aggregate);
                Ok(true)
            }
            Err(StateError::OtherAggregate) => Err(self.damaged(version, Damage::Snapshot)),
            Err(error) => {
                tracing::warn!(?snapshot, error = %error, "a snapshot that does not fit this program is ignored");
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
        Snapshot::from_state(&aggregate, ops).map(Some)
    }

    /// Checks the first event after the snapshot was taken up.
    pub(crate) fn check_snapshot(
        &mut self,
        check: SnapshotCheck,
        stored: Stored<'_>,
    ) -> Result<()> {
        let damaged = |damage| stored.damaged(damage);
        if stored.position != check.version.into() {
            return Err(self.damaged(check.version, Damage::Snapshot));
        }
        let header =
            RawHeader::parse(stored.text).map_err(|error| damaged(Damage::Malformed(error)))?;
        let checked = stored.check(&header, A::KIND, None, &self.salt)?;
        let fits = match check.expected {
            Expected::Head(head) => checked.hash.is_none_or(|hash| hash == head),
            Expected::Discarded => EventKind::<A>::find(stored.topic.as_str())
                .is_some_and(|kind| kind.role == Role::Discards),
        };
        if !fits {
            return Err(damaged(Damage::Snapshot));
        }
        self.discarded = matches!(check.expected, Expected::Discarded);
        Ok(())
    }

    /// What was replayed, also where it was discarded. A snapshot whose event did not come is one of another sequence.
    #[doc(hidden)]
    pub fn checked(self) -> Result<Option<A>> {
        match self.pending_check {
            Some(check) => Err(self.damaged(check.version, Damage::Snapshot)),
            None => Ok(self.aggregate),
        }
    }

    fn expect(&mut self, version: Version, expected: Expected) {
        self.pending_check = Some(SnapshotCheck { version, expected });
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
