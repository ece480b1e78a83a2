//! Replay that starts at a snapshot.

use super::replay::Replay;
use crate::domain::aggregate::{Aggregate, EventKind, Role, StateError};
use crate::domain::event::{RawHeader, Stored, Version};
use crate::domain::integrity::EventHash;
use crate::domain::snapshot::Snapshot;
use crate::error::{Damage, IntegrityError, Result};

/// The check of the stored event at a snapshot's version. It is the first event of the replay; it
/// is checked but not applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SnapshotCheck {
    version: Version,
    expected: Expected,
}

#[derive(Debug, Clone, Copy)]
enum Expected {
    /// The event with this hash, if its type has hashes.
    Head(EventHash),
    Discarded,
}

impl<A: Aggregate> Replay<A> {
    /// Starts the replay at a snapshot instead of at the first event. Returns whether it does. A
    /// snapshot of another type or shape is logged and ignored; the replay then starts at the first
    /// event.
    ///
    /// The events to apply are those from the snapshot's version on. The event of this version is
    /// included, because the snapshot is checked against it.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::error::Error::Integrity) if the state belongs to another
    /// aggregate or version.
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
                "ignored a snapshot of another type than {}",
                A::TOPIC
            );
            return Ok(false);
        }
        match ops.aggregate(state, (self.id, version), self.salt.clone()) {
            Ok(aggregate) => {
                self.expect(version, Expected::Head(aggregate.__state().head));
                self.aggregate = Some(aggregate);
                Ok(true)
            }
            Err(StateError::OtherAggregate) => Err(self.damaged(version, Damage::Snapshot)),
            Err(error) => {
                tracing::warn!(?snapshot, error = %error, "ignored a snapshot that this program cannot use");
                Ok(false)
            }
        }
    }

    /// Returns a snapshot of the replayed aggregate; `None` if no event was replayed.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) if the state cannot be stored.
    pub(crate) fn snapshot(self) -> Result<Option<Snapshot>> {
        let aggregate = self.checked()?;
        let (Some(ops), Some(aggregate)) = (&A::STATE, aggregate) else {
            return Ok(None);
        };
        Snapshot::from_state(&aggregate, ops).map(Some)
    }

    /// Checks the first event of a replay that started at a snapshot.
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
        let is_expected = match check.expected {
            Expected::Head(head) => checked.hash.is_none_or(|hash| hash == head),
            Expected::Discarded => EventKind::<A>::find(stored.topic.as_str())
                .is_some_and(|kind| kind.role == Role::Discards),
        };
        if !is_expected {
            return Err(damaged(Damage::Snapshot));
        }
        self.discarded = matches!(check.expected, Expected::Discarded);
        Ok(())
    }

    /// Returns the replayed aggregate, even if it is discarded. If no event came after the start at
    /// a snapshot, the snapshot does not belong to the sequence, which is an error.
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

/// Returns whether aggregates of the type have snapshots.
pub(crate) const fn has_snapshots<A: Aggregate>() -> bool {
    A::STATE.is_some()
}
