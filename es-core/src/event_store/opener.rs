//! Openers of event stores, for datastores that write additional rows beside the events.

use std::pin::Pin;

use es_store::{Datastore, RecordError, Table, inventory};

use super::{EventStore, Mapper};
use crate::domain::Salt;
use crate::error::Result;

/// The future of an [`EventStoreOpener`].
pub type Opening<'d> = Pin<Box<dyn Future<Output = Result<EventStore, RecordError>> + Send + 'd>>;

/// A function that opens event stores in the datastores of one crate.
///
/// A crate registers an opener if its store writes additional rows beside the events, such as the
/// references of an application sequence. These rows are mapped and hashed as the events are, so the
/// store needs the mapper and the salt, which [`Datastore::record_manager`] does not receive. The
/// function returns `None` if the datastore belongs to another crate.
pub struct EventStoreOpener(
    for<'d> fn(&'d dyn Datastore, Table, &Mapper, &Salt) -> Option<Opening<'d>>,
);

inventory::collect!(EventStoreOpener);

impl EventStoreOpener {
    /// Creates an opener from a function, for `inventory::submit!`.
    #[must_use]
    pub const fn new(
        open: for<'d> fn(&'d dyn Datastore, Table, &Mapper, &Salt) -> Option<Opening<'d>>,
    ) -> Self {
        Self(open)
    }
}

impl EventStore {
    /// Opens the event store of one table of a datastore.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn open(
        datastore: &dyn Datastore,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<Self> {
        for EventStoreOpener(open) in inventory::iter::<EventStoreOpener>() {
            if let Some(opening) = open(datastore, table.clone(), &mapper, &salt) {
                return Ok(opening.await?);
            }
        }
        let records = datastore.record_manager(table).await?;
        Ok(Self::new(records, mapper, salt))
    }
}
