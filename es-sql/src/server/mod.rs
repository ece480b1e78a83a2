//! Databases on a server, with connections from a pool: everything that their stores share.

mod append;
mod checkout;
mod migrations;
mod read_model;
mod session;
mod table;
mod transaction;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use es_store::{RecordError, RecordId, Table, WakeUp};

use crate::{Database, SqlError};

pub use append::append_in;
pub use checkout::Checkout;
pub use read_model::{ReadModelFromPool, ReadModelServer, SqlReadModel};
pub use session::{AppendSession, SchemaSession, ServerStatements, Session, commit_in_turn};
pub use table::{ServerTable, explain, id_encoding};
pub use transaction::{ClientMut, SqlTransaction};

/// A database on a server: its connections.
pub trait Server: Database<Table = ServerTable<Self>> {
    /// A connection of the pool, as a read model lends it. If the program drops it in a transaction,
    /// the next caller does not find it in that transaction.
    type Connection: Send + 'static;

    /// A connection in use.
    type Session<'c>: SchemaSession<Statements = Self::Statements> + AppendSession
    where
        Self: 'c;

    /// The statements on one table.
    type Statements: ServerStatements;

    /// The followers and the caches of each table in use.
    type TableState: TableState<Self>;

    /// Returns how long a call waits for a connection or a lock.
    fn timeout(&self) -> Duration;

    /// Takes a connection of the pool, within the timeout. This library takes its own by
    /// [`Checkout`].
    fn connection(
        &self,
        operation: &'static str,
    ) -> impl Future<Output = Result<Self::Connection, RecordError>> + Send;

    /// Uses a connection of the pool.
    fn session(connection: &mut Self::Connection) -> Self::Session<'_>;

    /// Gives a connection back. Its statements must be answered, and its transaction, if any, must
    /// be over.
    fn keep(connection: Self::Connection);

    /// Returns false if the last answer of the server shows that the connection is in a transaction,
    /// or if an answer is missing. A driver that does not show this returns true.
    fn is_idle(connection: &Self::Connection) -> bool {
        let _ = connection;
        true
    }

    /// Closes a connection, whatever it is doing; the server rolls its transaction back.
    fn discard(connection: Self::Connection);

    /// Closes the idle connections of the pool. Called when a connection turns out to be lost, as
    /// after a restart of the server: the idle ones are likely lost too.
    fn forget_idle(&self);

    /// Opens a connection outside the pool, with the settings of a writer.
    fn connect_writer(
        &self,
        operation: &'static str,
    ) -> impl Future<Output = Result<Self::Session<'static>, RecordError>> + Send;

    /// Maps a schema error of a statement on a table that passes the check.
    fn unexplained(table: &Table, operation: &'static str, error: SqlError) -> RecordError {
        let _ = table;
        error.into_record_error(operation)
    }
}

/// The followers of a table in use, and the caches of its metadata.
pub trait TableState<D: Server>: Send + Sync + 'static {
    /// Creates empty caches.
    fn new(database: &Arc<D>, statements: &D::Statements) -> Self;

    /// Returns the wake-up of a follower.
    fn wake_up(&self) -> WakeUp;

    /// Notifies the followers of this process of a commit.
    fn notify(&self);

    /// Notifies all followers of a commit of the writer.
    fn committed(&self) {
        self.notify();
    }

    /// Remembers that the records up to this one are durable.
    fn set_durable(&self, id: RecordId) {
        let _ = id;
    }

    /// Waits until the records up to a visible one are durable.
    fn wait_until_durable(
        &self,
        id: RecordId,
        database: &D,
        table: &Table,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = (id, database, table);
        async { Ok(()) }
    }

    /// Clears the caches. Called after a change of the table's schema or contents.
    fn invalidate(&self) {}

    /// Stops the tasks that notify followers.
    fn close(&self) {}
}
