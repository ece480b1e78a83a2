//! Datastores: databases that hand out the record managers of their tables.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

/// A database: hands out the record managers of its tables.
#[async_trait]
pub trait Datastore: Any + Send + Sync {
    /// The record manager of one table. Tables of one datastore share its connections.
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// Closes all record managers and connections. Closing twice is no error.
    async fn close(&self) -> Result<(), RecordError>;
}
