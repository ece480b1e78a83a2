use es_store::{Appended, RecordError, SequencedItem, Table};

use super::{Application, saved_at_once};
use crate::domain::aggregate::{Aggregate, reseal};
use crate::error::Result;

/// The pending events of an aggregate, written in a transaction that is the caller's own and not committed yet. The
/// `save_in` of a store's crate gives it.
///
/// Say [`committed`](Self::committed) when the transaction is. Where it is rolled back, drop this: the events are pending
/// as before. The aggregate is out of reach until then, so that nothing happens to it in between.
#[must_use = "events are pending until `committed` is called; drop this where the transaction is rolled back"]
pub struct Staged<'a, A: Aggregate> {
    app: Application,
    aggregate: &'a mut A,
    items: Vec<SequencedItem>,
    appended: Appended,
}

impl Application {
    /// Prepares the pending events of an aggregate for a transaction of the caller's own, in which they commit together
    /// with what else is in it. Nothing is written yet: `save_in` of a store's crate calls this, and writes.
    ///
    /// # Errors
    ///
    /// Those of [`save`](Self::save) that come before the store.
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
    /// What is to be written: all of it, or nothing.
    #[must_use]
    pub fn items(&self) -> &[SequencedItem] {
        &self.items
    }

    /// Where it is to be written.
    ///
    /// # Errors
    ///
    /// [`Error::Store`](crate::error::Error::Store) where the application's store has no tables, or cannot hold the items.
    pub fn table(&self) -> Result<Table> {
        let records = self.app.event_store().record_manager();
        let table = records.table().ok_or(RecordError::unsupported(
            "events in a transaction of the caller's own",
        ))?;
        table.check(&self.items)?;
        Ok(table.clone())
    }

    /// What is written, and kept if the transaction is committed.
    #[must_use]
    pub fn appended(&self) -> Appended {
        self.appended.clone()
    }

    /// With what was written, which `committed` answers with.
    pub fn with_appended(mut self, appended: Appended) -> Self {
        self.appended = appended;
        self
    }

    /// The transaction is committed: nothing is pending any more, and the subscribers get the events. Answers with their
    /// record ids. It takes no snapshot: [`take_snapshot`](Application::take_snapshot) does.
    #[allow(
        clippy::must_use_candidate,
        reason = "what matters is that it is called"
    )]
    pub fn committed(self) -> Appended {
        self.app.event_store().record_manager().notify_followers();
        let events = std::mem::take(&mut self.aggregate.__root_mut().pending);
        for list in events.chunks(saved_at_once::<A>(events.len())) {
            self.app.publish(list);
        }
        self.appended
    }

    /// Takes the events off the aggregate, as if the transaction were committed already: what answers is to be called once it
    /// is, and tells the subscribers. Where the transaction is rolled back, drop it, and the aggregate with it. For a
    /// transaction that ends where the aggregate is out of reach: that of a projection.
    #[must_use = "subscribers are told by what this answers with"]
    pub fn detach(self) -> impl FnOnce() + Send + Sync + 'static {
        let events = std::mem::take(&mut self.aggregate.__root_mut().pending);
        let app = self.app;
        move || {
            app.event_store().record_manager().notify_followers();
            for list in events.chunks(saved_at_once::<A>(events.len())) {
                app.publish(list);
            }
        }
    }
}
