//! Pending events that are stored in the caller's transaction.

use es_store::{Appended, RecordError, SequencedItem, Table};

use super::application::{Application, batch_len};
use crate::domain::{Aggregate, DomainEvent, reseal};
use crate::error::Result;

/// The pending events of an aggregate that are written in the caller's transaction, which is not
/// committed yet. The `save_in` of a store's crate returns it.
///
/// After the commit, call [`committed`](Self::committed). After a rollback, drop this value: the
/// events are pending as before. The aggregate is borrowed, so no event can be triggered on it in
/// between.
#[must_use = "events stay pending until `committed` is called; drop this after a rollback"]
pub struct Staged<'a, A: Aggregate> {
    app: Application,
    aggregate: &'a mut A,
    items: Vec<SequencedItem>,
    appended: Appended,
}

impl Application {
    /// Maps the pending events of an aggregate for the caller's transaction. Writes nothing: the
    /// `save_in` of a store's crate calls this method and writes the items.
    ///
    /// # Errors
    ///
    /// Those of [`save`](Self::save) except those of the store.
    pub fn stage<'a, A: Aggregate>(&self, aggregate: &'a mut A) -> Result<Staged<'a, A>> {
        reseal(aggregate, self.event_store().salt())?;
        let items = self.persistence.items(aggregate.pending_events())?;
        Ok(Staged {
            app: self.clone(),
            aggregate,
            items,
            appended: Appended::default(),
        })
    }
}

impl<A: Aggregate> Staged<'_, A> {
    /// Returns the items to write, all or none.
    #[must_use]
    pub fn items(&self) -> &[SequencedItem] {
        &self.items
    }

    /// Returns the table to write to.
    ///
    /// # Errors
    ///
    /// [`Error::Store`](crate::error::Error::Store) if the application's store has no table, or the
    /// table cannot hold the items.
    pub fn table(&self) -> Result<Table> {
        let records = self.app.event_store().record_manager();
        let table = records.table().ok_or(RecordError::unsupported(
            "events in a transaction of the caller",
        ))?;
        table.check(&self.items)?;
        Ok(table.clone())
    }

    /// Returns the record ids of the written events, which are final after the commit.
    #[must_use]
    pub fn appended(&self) -> Appended {
        self.appended.clone()
    }

    /// Sets the record ids of the written events.
    pub fn with_appended(mut self, appended: Appended) -> Self {
        self.appended = appended;
        self
    }

    /// Completes the save after the commit: the events are no longer pending, and are published to the
    /// bus. Returns their record ids.
    ///
    /// A snapshot that is due is taken in the background, in the current tokio runtime.
    #[allow(
        clippy::must_use_candidate,
        reason = "the call matters, not the record ids"
    )]
    pub fn committed(self) -> Appended {
        self.app.event_store().record_manager().notify_followers();
        let events = std::mem::take(&mut self.aggregate.__state_mut().pending);
        publish(&self.app, &events);
        self.appended
    }

    /// Takes the pending events from the aggregate and returns a function that publishes them.
    ///
    /// Call the function after the commit. After a rollback, drop it and the aggregate, whose events
    /// are lost. This is for a transaction that commits when the aggregate is no longer in scope, such
    /// as that of a projection.
    #[must_use = "call the function after the commit, to publish the events"]
    pub fn detach(self) -> impl FnOnce() + Send + Sync + 'static {
        let events = std::mem::take(&mut self.aggregate.__state_mut().pending);
        let app = self.app;
        move || {
            app.event_store().record_manager().notify_followers();
            publish(&app, &events);
        }
    }
}

/// Publishes committed events as a `save` publishes them, and takes the snapshots that are due.
fn publish<A: Aggregate>(app: &Application, events: &[DomainEvent<A>]) {
    for list in events.chunks(batch_len::<A>(events.len())) {
        app.publish(list);
        app.queue_snapshot_if_due(list);
    }
}
