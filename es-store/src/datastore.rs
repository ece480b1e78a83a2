//! Databases.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

/// A database that hands out the record managers of its tables.
#[async_trait]
pub trait Datastore: Any + Send + Sync {
    /// Returns the record manager of one table. The tables of one datastore share its connections.
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// Closes all record managers and connections. Closing twice is not an error.
    async fn close(&self) -> Result<(), RecordError>;
}
