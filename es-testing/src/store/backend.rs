use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{RecordError, RecordManager, Table};

/// A kind of store, for the suite to test.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Opens a table of the database called `name`, and makes the database, not the table, where it is absent. The suite
    /// makes a new name for each case; it holds only lower-case letters, digits and `_`.
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// The tables that the suite is to try.
    fn tables(&self) -> Vec<Table> {
        vec![Table::stored_events()]
    }

    /// The largest data of one item that the store keeps, in bytes, where there is a limit below a mebibyte.
    fn largest_data(&self) -> Option<usize> {
        None
    }

    /// Who sees what was written under one name.
    fn reach(&self) -> Reach {
        Reach::Handle
    }

    /// For the torture test: gets in the way of those who write, as another program might, for about `how_long`; a
    /// transaction that takes the database's own lock and is rolled back, say, or connections that are cut, or a server
    /// that is killed. Does nothing where nobody can.
    async fn disturb(&self, name: &str, table: &Table, how_long: Duration) {
        let _ = (name, table, how_long);
    }
}

/// Who sees what was written under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Only the handle that wrote: each that is opened is new.
    Handle,
    /// All handles of that name in this process, as long as one is open.
    Process,
    /// All handles of that name, in any process, at any time.
    Durable,
}
