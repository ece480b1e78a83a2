//! From a URI to a store: drivers that register themselves, and the databases that they open.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use super::{EventStore, Mapper, RecordManager, Table};
use crate::domain::Salt;
use crate::error::{RecordError, Result};

mod uri;

pub use uri::{ServerAddress, StoreUri, UriHost, UriParameters};

/// A database: hands out the record managers of its tables.
#[async_trait]
pub trait Datastore: Send + Sync + 'static {
    /// The record manager of one table. Tables of one datastore share its connections.
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// The event store of one table. What a store writes of its own beside the events, as the references of an application
    /// sequence, is mapped and sealed as they are.
    async fn event_store(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<EventStore, RecordError> {
        Ok(EventStore::new(
            self.record_manager(table).await?,
            mapper,
            salt,
        ))
    }

    /// Closes all record managers and connections. Closing twice is no error.
    async fn close(&self) -> Result<(), RecordError>;
}

/// Opens a datastore.
pub type Connect = fn(StoreUri) -> Pin<Box<dyn Future<Output = Result<Arc<dyn Datastore>>> + Send>>;

/// A kind of database that this program can open, registered by the crate that knows it:
///
/// ```ignore
/// es_core::inventory::submit! { Driver::new(&["sqlite"], |uri| Box::pin(open(uri))) }
/// ```
pub struct Driver {
    schemes: &'static [&'static str],
    connect: Connect,
}

inventory::collect!(Driver);

impl Driver {
    /// Of the databases whose URIs have one of these schemes, in lower case and without a `+driver` part.
    #[must_use]
    pub const fn new(schemes: &'static [&'static str], connect: Connect) -> Self {
        Self { schemes, connect }
    }

    /// Opens the database that `uri` names with the driver registered for its scheme.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidUri`](crate::Error::InvalidUri) where it is malformed or no driver of this program knows its scheme; else the driver's own.
    pub async fn open(uri: &str) -> Result<Arc<dyn Datastore>> {
        let uri = StoreUri::parse(uri)?;
        let driver = inventory::iter::<Self>()
            .find(|driver| driver.schemes.contains(&uri.scheme()))
            .ok_or_else(|| uri.invalid(unknown_scheme(uri.scheme())))?;
        (driver.connect)(uri).await
    }
}

fn unknown_scheme(scheme: &str) -> String {
    let mut known: Vec<_> = inventory::iter::<Driver>()
        .flat_map(|driver| driver.schemes)
        .copied()
        .collect();
    known.sort_unstable();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    format!(
        "no driver for `{scheme}:` is linked (known: {known}); turn on the feature of `es` for that store, or write \
         `use es_… as _;` for a store crate that nothing else names"
    )
}
