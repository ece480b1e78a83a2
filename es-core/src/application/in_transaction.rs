//! Aggregates in the transaction of a projection, which has events and other writes.

use es_store::{Appended, EventTransaction, RecordError};
use uuid::Uuid;

use super::Application;
use crate::domain::Aggregate;
use crate::error::Result;

impl Application {
    /// Writes the pending events of an aggregate in a transaction, all or none, so that they commit together with the other
    /// writes in it: for a projection that issues commands. The application must have its events in the same database.
    ///
    /// On a server, the transaction holds the lock of the events' table from here on: all other appends wait until it ends.
    ///
    /// The aggregate counts as saved. If a handler fails afterwards or the transaction is rolled back, drop the aggregate, and
    /// load it again when the handler is called again. Subscribers are notified after the commit.
    ///
    /// # Errors
    ///
    /// Those of [`save`](Self::save); [`Error::Store`](crate::error::Error::Store) if the application's store has no tables.
    pub async fn save_in<T: EventTransaction, A: Aggregate>(
        &self,
        transaction: &mut T,
        aggregate: &mut A,
    ) -> Result<Appended> {
        let staged = self.stage(aggregate)?;
        let appended = transaction.append(&staged.table()?, staged.items()).await?;
        transaction.after_commit(Box::new(staged.detach()));
        Ok(appended)
    }

    /// Loads an aggregate as it is in a transaction, with the events that were saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get); [`Error::Store`](crate::error::Error::Store) if the application's store has no tables.
    pub async fn get_in<T: EventTransaction, A: Aggregate>(
        &self,
        transaction: &mut T,
        id: Uuid,
    ) -> Result<A> {
        let store = self.event_store();
        let table = store.record_manager().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let items = transaction.items(table, id).await?;
        store.replay(id, &items)
    }
}
