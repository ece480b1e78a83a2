//! The snapshot methods of an application.

use es_store::BoxError;
use uuid::Uuid;

use super::Application;
use crate::domain::{Aggregate, DomainEvent, Snapshot, Snapshotted};
use crate::error::Result;
use crate::event_store::UpTo;

impl Application {
    /// Takes a snapshot of an aggregate at its last event in a range of versions: `..` for the
    /// current state, `..=5` or `..5`. See [`Repository::take_snapshot`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::take_snapshot`].
    ///
    /// [`Repository::take_snapshot`]: crate::repository::Repository::take_snapshot
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        self.repository.take_snapshot::<A>(id, up_to).await
    }

    /// Returns the latest snapshot of an aggregate in a range of versions, or `None` if there is
    /// none. See [`Repository::get_snapshot`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_snapshot`].
    ///
    /// [`Repository::get_snapshot`]: crate::repository::Repository::get_snapshot
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.repository.get_snapshot(id, up_to).await
    }

    /// Takes a snapshot after a save, if the policy asks for one. The events are stored, so an error
    /// must not fail the save: it is logged and passed to the error hook of the bus.
    pub(super) async fn take_snapshot_if_due<A: Aggregate>(&self, events: &[DomainEvent<A>]) {
        let policy = self
            .snapshotting
            .filter(|_| self.persistence.accepts::<A>());
        let Some(policy) = policy else {
            return;
        };
        if let Err(error) = policy.take_if_due(&self.repository, events).await {
            tracing::error!(%error, "failed to take a snapshot");
            self.bus.call_error_hook(&BoxError::from(error));
        }
    }
}
