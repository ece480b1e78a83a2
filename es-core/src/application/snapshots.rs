//! Snapshots of an application: taken on request, and after saves by the policy.

use es_store::{BoxError, Position};
use uuid::Uuid;

use super::Application;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::DomainEvent;
use crate::domain::snapshot::{Snapshot, Snapshotted};
use crate::error::Result;
use crate::event_store::UpTo;

impl Application {
    /// Takes a snapshot of an aggregate at its last event in a range of versions: `..` for the latest, `..=5` or `..5`. See
    /// [`Repository::take_snapshot`](crate::repository::Repository::take_snapshot).
    ///
    /// # Errors
    ///
    /// Those of [`Repository::take_snapshot`](crate::repository::Repository::take_snapshot).
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        self.repository.take_snapshot::<A>(id, up_to).await
    }

    /// The latest snapshot of an aggregate in a range of versions, if there is one. See
    /// [`Repository::get_snapshot`](crate::repository::Repository::get_snapshot).
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_snapshot`](crate::repository::Repository::get_snapshot).
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.repository.get_snapshot(id, up_to).await
    }

    /// Takes the snapshot that events which are stored and published ask for. They have happened: an error is traced, and
    /// handed to the bus's hook.
    pub(crate) async fn snapshot_after<A: Aggregate>(&self, events: &[DomainEvent<A>]) {
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
