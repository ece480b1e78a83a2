use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{BoxError, Datastore, RecordError, Table};

use super::services::{may_be_killed, service};
use crate::store::torture::Torture;

/// A server, and the store on it, for the suites to test. Names of databases hold only lower-case letters, digits and `_`.
///
/// A test says "database" of whatever one name holds together: a database, a schema, a keyspace.
#[async_trait]
pub trait Server: Send + Sync + 'static {
    /// The store's name in those of its tests, and the server's in `scripts/services.sh`.
    fn name(&self) -> &'static str;

    /// Whether there is a server to test on. Without one the tests are reported as ignored.
    fn is_there(&self) -> bool;

    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// Opens a database. Where the server knows no such way, [`RecordError::Unsupported`].
    async fn open(
        &self,
        database: &str,
        opening: &Opening,
    ) -> Result<Arc<dyn Datastore>, RecordError>;

    /// Makes a database where it is absent, unless the store does.
    async fn make(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }

    /// Drops a database where it is there.
    async fn remove(&self, database: &str) -> Result<(), BoxError>;

    /// The tables that the contract is tried on: one of each shape, one under a name that needs quotes.
    fn tables(&self) -> Vec<Table> {
        vec![
            Table::stored_events(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots().named("with \"quotes\", `others` and spaces"),
        ]
    }

    /// The largest data of one item that the store keeps, in bytes, where there is a limit below a mebibyte.
    fn largest_data(&self) -> Option<usize> {
        None
    }

    /// Cuts some connections to a database, and says how many.
    async fn cut(&self, database: &str, at_most: u32) -> Result<usize, BoxError> {
        let _ = (database, at_most);
        Err("the server cuts nobody off".into())
    }

    /// Writes to a table as a program that knows nothing of the store's lock, dawdles, and gives up. Where there are no
    /// locks, it may get in the way otherwise.
    async fn meddle(
        &self,
        database: &str,
        table: &Table,
        how_long: Duration,
    ) -> Result<(), BoxError> {
        let _ = (database, table, how_long);
        Err("there are no locks".into())
    }

    /// Makes a user of a database who may have so many connections; `None` where the server limits nobody.
    async fn limited_user(
        &self,
        database: &str,
        connections: u32,
    ) -> Result<Option<String>, BoxError> {
        let _ = (database, connections);
        Ok(None)
    }

    /// Forgets such a user.
    async fn forget_user(&self, user: &str) -> Result<(), BoxError> {
        let _ = user;
        Ok(())
    }

    /// How it is tortured. Asked for once, in the process that starts the writers.
    fn torture(&self) -> Torture {
        Torture::from_env()
    }

    /// For the torture: gets in the way of those who write. By turns, connections are cut and a foreign program writes, and
    /// now and then the server is killed and started again, where it may be.
    async fn disturb(&self, database: &str, table: &Table, turn: u32, how_long: Duration) {
        if turn % 32 == 5 && may_be_killed() {
            service("kill", self.name()).await;
            return service("up", self.name()).await;
        }
        // Either may itself be cut off.
        if turn.is_multiple_of(2) {
            drop(self.meddle(database, table, how_long).await);
        } else {
            drop(self.cut(database, 3).await);
        }
    }

    /// What the bytes of a commit hold, and those of nothing else; `None` where a store has no transactions.
    fn commit(&self) -> Option<&'static str> {
        None
    }

    /// Appends an item to the stored events in a transaction of the program's own, and rolls it back when `meanwhile` is
    /// done. Called where a store has transactions.
    async fn hold_lock(&self, database: &str, meanwhile: Meanwhile<'_>) -> Result<(), BoxError> {
        let _ = (database, meanwhile);
        Err("there are no transactions".into())
    }
}

/// What is done while a lock is held.
pub type Meanwhile<'m> = Pin<Box<dyn Future<Output = ()> + Send + 'm>>;

/// How a database is opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Opening {
    /// Whether as it should be.
    pub way: Way,
    /// How long the store waits for connections and locks.
    pub patience: Duration,
    /// How many connections read at most.
    pub connections: usize,
}

/// Whether a database is opened as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// It is.
    Usual,
    /// As another user.
    As(String),
    /// At an address that is not the server's.
    At(SocketAddr),
    /// Where there is no database of that name.
    Nowhere,
    /// With sessions that only read.
    ReadOnly,
}

impl Opening {
    /// In one of the ways, otherwise as usual.
    #[must_use]
    pub fn with(way: Way) -> Self {
        Self {
            way,
            ..Self::default()
        }
    }

    /// With another patience.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            way: Way::Usual,
            patience: Duration::from_secs(5),
            connections: 4,
        }
    }
}
