//! The trait that describes a server to the suites.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{BoxError, Datastore, RecordError, Table};

use super::services::{may_be_killed, service};
use crate::store::torture::Torture;

/// A server and its store, for the suites to test.
///
/// "Database" is the server's unit with a name: a database, a schema or a keyspace. Names consist
/// of lower-case letters, digits and `_`.
#[async_trait]
pub trait Server: Send + Sync + 'static {
    /// Returns the name of the store in its tests, and of the server in `scripts/services.sh`.
    fn name(&self) -> &'static str;

    /// Returns whether a server is available. Without one, the tests are reported as ignored.
    fn is_available(&self) -> bool;

    /// Returns the address of the server.
    fn address(&self) -> SocketAddr;

    /// Opens a database.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the server does not support the way of opening.
    async fn open(
        &self,
        database: &str,
        opening: &Opening,
    ) -> Result<Arc<dyn Datastore>, RecordError>;

    /// Creates a database if it is absent. Default: does nothing, because the store creates it.
    async fn create_database(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }

    /// Drops a database if it exists.
    async fn drop_database(&self, database: &str) -> Result<(), BoxError>;

    /// Returns the tables for the contract suite: one of each shape, and one whose name needs
    /// quotes.
    fn tables(&self) -> Vec<Table> {
        vec![
            Table::stored_events(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots().named("with \"quotes\", `others` and spaces"),
        ]
    }

    /// Returns the maximum size of an item's data in bytes, or `None` if it is at least 1 MiB.
    fn largest_data(&self) -> Option<usize> {
        None
    }

    /// Cuts up to `at_most` connections to a database, and returns their number.
    async fn cut(&self, database: &str, at_most: u32) -> Result<usize, BoxError> {
        let _ = (database, at_most);
        Err("the server does not cut connections".into())
    }

    /// Writes to a table as a program that ignores the store's lock: it keeps its transaction open
    /// for `how_long` and rolls it back. On a server without locks it may disturb in another way.
    async fn write_without_lock(
        &self,
        database: &str,
        table: &Table,
        how_long: Duration,
    ) -> Result<(), BoxError> {
        let _ = (database, table, how_long);
        Err("the server has no locks".into())
    }

    /// Creates a user with a maximum number of connections to a database. Returns `None` if the
    /// server does not limit connections.
    async fn limited_user(
        &self,
        database: &str,
        connections: u32,
    ) -> Result<Option<String>, BoxError> {
        let _ = (database, connections);
        Ok(None)
    }

    /// Drops a user that [`limited_user`](Self::limited_user) created.
    async fn drop_user(&self, user: &str) -> Result<(), BoxError> {
        let _ = user;
        Ok(())
    }

    /// Returns the settings of the torture test. It is called once, in the process that starts the
    /// writers.
    fn torture(&self) -> Torture {
        Torture::from_env()
    }

    /// Disturbs the writers of the torture test. Turns alternate between cutting connections and
    /// writing as another program; if the environment permits it, some turns kill and restart the
    /// server.
    async fn disturb(&self, database: &str, table: &Table, turn: u32, how_long: Duration) {
        if turn % 32 == 5 && may_be_killed() {
            service("kill", self.name()).await;
            return service("up", self.name()).await;
        }
        // Errors are ignored: each disturbance may lose its own connection.
        if turn.is_multiple_of(2) {
            drop(self.write_without_lock(database, table, how_long).await);
        } else {
            drop(self.cut(database, 3).await);
        }
    }

    /// Returns a text that occurs only in the request of a commit, or `None` if the store has no
    /// transactions.
    fn commit(&self) -> Option<&'static str> {
        None
    }

    /// Appends an item to the stored events in another program's transaction, awaits `meanwhile`,
    /// and rolls back. It is called only if the store has transactions.
    async fn hold_lock(&self, database: &str, meanwhile: Meanwhile<'_>) -> Result<(), BoxError> {
        let _ = (database, meanwhile);
        Err("the server has no transactions".into())
    }
}

/// The work that is done while a lock is held.
pub type Meanwhile<'m> = Pin<Box<dyn Future<Output = ()> + Send + 'm>>;

/// The settings for opening a database.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Opening {
    /// The way of opening.
    pub way: Way,
    /// Timeout of connections and locks.
    pub timeout: Duration,
    /// Maximum number of connections that read.
    pub connections: usize,
}

/// A way of opening a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// Opens it as programs do.
    Usual,
    /// Opens it as another user.
    As(String),
    /// Connects to another address.
    At(SocketAddr),
    /// Names a database that does not exist.
    Nowhere,
    /// Opens it with read-only sessions.
    ReadOnly,
}

impl Opening {
    /// Creates settings with a way of opening, and defaults for the rest.
    #[must_use]
    pub fn with(way: Way) -> Self {
        Self {
            way,
            ..Self::default()
        }
    }

    /// Sets the timeout.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            way: Way::Usual,
            timeout: Duration::from_secs(5),
            connections: 4,
        }
    }
}
