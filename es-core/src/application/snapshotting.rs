use std::num::NonZeroU64;

use uuid::Uuid;

use super::Application;
use crate::domain::{Aggregate, DomainEvent, Snapshot, Snapshotted, has_snapshots};
use crate::error::{BoxError, Result};
use crate::infrastructure::UpTo;
use crate::position::Position;

/// The policy that takes a snapshot whenever so many events have happened to an aggregate of a type that has snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshottingPolicy {
    every: NonZeroU64,
}

impl SnapshottingPolicy {
    /// Every so many events.
    #[must_use]
    pub const fn every(events: NonZeroU64) -> Self {
        Self { every: events }
    }

    /// Whether events that were published together ask for a snapshot: one of them is the n-th, the 2n-th and so on of its
    /// sequence. The snapshot is then at the version of the last of them, so not always at a multiple.
    #[must_use]
    pub fn is_due<A: Aggregate>(&self, events: &[DomainEvent<A>]) -> bool {
        let versions = events
            .iter()
            .filter_map(|event| event.header().originator_version);
        has_snapshots::<A>()
            && versions
                .into_iter()
                .any(|version| (version.get() + 1) % self.every == 0)
    }
}

impl Application {
    /// Takes a snapshot of an aggregate at its last event in a range of versions: `..` for the latest, `..=5` or `..5`. See
    /// [`Repository::take_snapshot`](crate::Repository::take_snapshot).
    ///
    /// # Errors
    ///
    /// Those of [`Repository::take_snapshot`](crate::Repository::take_snapshot).
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        self.repository.take_snapshot::<A>(id, up_to).await
    }

    /// The latest snapshot of an aggregate in a range of versions, if there is one. See
    /// [`Repository::get_snapshot`](crate::Repository::get_snapshot).
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_snapshot`](crate::Repository::get_snapshot).
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.repository.get_snapshot(id, up_to).await
    }

    /// Takes the snapshot that events which are stored and published ask for. They have happened: an error is traced, and
    /// handed to the bus's hook.
    pub(super) async fn snapshot_after<A: Aggregate>(&self, events: &[DomainEvent<A>]) {
        let (Some(policy), Some(strategy)) =
            (self.snapshotting, self.repository.snapshot_strategy())
        else {
            return;
        };
        let Some(last) = events
            .last()
            .filter(|_| self.persistence.accepts::<A>() && policy.is_due(events))
        else {
            return;
        };
        let Some(position @ Position::Integer(_)) = last.header().position() else {
            return;
        };
        let up_to = UpTo::from(..=position);
        let taken = strategy
            .take::<A>(self.event_store(), last.originator_id(), up_to)
            .await;
        if let Err(error) = taken {
            tracing::error!(%error, "a snapshot could not be taken");
            self.bus.report(&BoxError::from(error));
        }
    }
}
