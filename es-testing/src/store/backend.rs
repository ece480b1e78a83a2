//! The trait that a store implements to run the contract suite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{RecordError, RecordManager, Table};

/// A store that the contract suite can open.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Opens a table of the database `name`. Creates the database if it is absent, but not the
    /// table. The suite chooses a new name for each case, of lower-case letters, digits and `_`.
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// Returns the tables to test.
    fn tables(&self) -> Vec<Table> {
        vec![Table::stored_events()]
    }

    /// Returns the maximum size of an item's data in bytes, or `None` if it is at least 1 MiB.
    fn largest_data(&self) -> Option<usize> {
        None
    }

    /// Returns the handles that share the data of a database.
    fn reach(&self) -> Reach {
        Reach::Handle
    }

    /// Disturbs concurrent writers for about `how_long`, as another program might: it holds the
    /// database's lock in a transaction and rolls it back, cuts connections, or kills the server.
    ///
    /// The torture test calls it. Default: does nothing.
    async fn disturb(&self, name: &str, table: &Table, how_long: Duration) {
        let _ = (name, table, how_long);
    }
}

/// The handles that share the data of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A single handle: each handle opens an empty database.
    Handle,
    /// All handles in this process, while at least one is open.
    Process,
    /// All handles in all processes, at any time.
    Durable,
}
