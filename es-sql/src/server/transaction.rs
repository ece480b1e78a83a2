//! The transaction of a projection in a database on a server.

use std::fmt;
use std::ops::{Deref, DerefMut};

use es_core::infrastructure::Appended;
use es_core::{Aggregate, Application, RecordError, Result};
use uuid::Uuid;

use super::Checkout;
use super::append::{append_in, items_in};
use super::read_model::{OPERATION, ReadModelServer};
use super::session::Session;
use crate::{ErrorKind, RowReader, RunStatements, SqlError, Statement};

/// The transaction that the handlers of a projection get. It dereferences to the driver's
/// connection, with a transaction that the library commits or rolls back together with the
/// position.
///
/// A handler must not end the transaction. If it does, the projection ends: the writes that the
/// handler committed and those of later handlers of the batch are kept, and the position does not
/// move.
pub struct SqlTransaction<D: ReadModelServer> {
    connection: Checkout<D>,
    /// Called after the commit.
    after_commit: Vec<Box<dyn FnOnce() + Send + Sync>>,
}

/// A server with a driver that needs exclusive access to a connection.
pub trait ClientMut: ReadModelServer {
    /// Returns the driver's connection.
    fn client_mut(connection: &mut Self::Connection) -> &mut Self::Client;
}

impl<D: ReadModelServer> SqlTransaction<D> {
    /// Begins on a connection of the pool, and once more if that turns out to be lost, as after a
    /// restart of the server.
    pub(super) async fn begin(database: &D) -> Result<Self, RecordError> {
        let sql = database.begin();
        let mut connection = Checkout::take(database, OPERATION).await?;
        let mut begun = connection.session().execute(&sql).await;
        if begun.as_ref().is_err_and(SqlError::is_lost) {
            drop(connection);
            database.forget_idle();
            connection = Checkout::take(database, OPERATION).await?;
            begun = connection.session().execute(&sql).await;
        }
        begun.map_err(failed)?;
        Ok(Self {
            connection,
            after_commit: Vec::new(),
        })
    }

    /// Checks that this is still the transaction that was begun: its savepoint goes with it.
    pub(super) async fn check(&mut self) -> Result<(), RecordError> {
        let Some(sql) = D::CHECK else { return Ok(()) };
        let checked = self.connection.session().execute(sql).await;
        checked.map_err(ended)
    }

    pub(super) async fn commit(mut self) -> Result<(), RecordError> {
        let committed = self.connection.session().execute(D::COMMIT).await;
        match committed {
            Ok(()) => {}
            // The row of the projection tells whether it was committed, once the server answers
            // again.
            Err(lost) if lost.is_lost() => {
                return Err(RecordError::Unknown {
                    source: Box::new(failed(lost)),
                });
            }
            Err(refused) => {
                // Afterwards the connection can be used again; otherwise it is closed.
                let _closed = self.rollback().await;
                return Err(ended(refused));
            }
        }
        self.connection.keep();
        for call in self.after_commit {
            call();
        }
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), RecordError> {
        let rolled_back = self.connection.session().execute(D::ROLLBACK).await;
        let rolled_back = rolled_back.map_err(failed);
        self.connection.keep_if_ok(rolled_back)
    }

    /// Writes the pending events of an aggregate, all or none, so that they commit together with
    /// the position: for a projection that issues commands. The application must have its events in
    /// the same database.
    ///
    /// From here on the transaction holds the lock of the events' table: all other appends wait
    /// until the batch is committed
    /// ([`Runner::batch_time`](es_core::projection::Runner::batch_time) limits how long).
    ///
    /// The aggregate counts as saved. If a handler fails afterwards or the transaction is rolled
    /// back, drop the aggregate and load it again when the handler is called again. Subscribers are
    /// notified after the commit.
    ///
    /// # Errors
    ///
    /// Those of `save_in` of the store.
    pub async fn save<A: Aggregate>(
        &mut self,
        app: &Application,
        aggregate: &mut A,
    ) -> Result<Appended> {
        let staged = app.stage(aggregate)?;
        let table = staged.table()?;
        let appended = append_in(&mut self.connection.session(), &table, staged.items()).await?;
        self.after_commit.push(Box::new(staged.detach()));
        Ok(appended)
    }

    /// Loads an aggregate as it is in this transaction, with the events that were saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`Application::get`].
    pub async fn get<A: Aggregate>(&mut self, app: &Application, id: Uuid) -> Result<A> {
        let store = app.event_store();
        let table = store.records().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let items = items_in(&mut self.connection.session(), table, id).await?;
        store.replay(id, &items)
    }
}

impl<D: ReadModelServer> RunStatements for SqlTransaction<D> {
    async fn run(&mut self, statement: Statement<'_>) -> Result<u64, RecordError> {
        let changed = self.connection.session().run(statement).await;
        changed.map_err(failed)
    }

    async fn query<R: RowReader>(
        &mut self,
        statement: Statement<'_>,
        rows: R,
    ) -> Result<Vec<R::Output>, RecordError> {
        let rows = self.connection.session().query(statement, rows).await;
        rows.map_err(failed)
    }
}

impl<D: ReadModelServer> Deref for SqlTransaction<D> {
    type Target = D::Client;

    fn deref(&self) -> &D::Client {
        D::client(&self.connection)
    }
}

impl<D: ClientMut> DerefMut for SqlTransaction<D> {
    fn deref_mut(&mut self) -> &mut D::Client {
        D::client_mut(&mut self.connection)
    }
}

impl<D: ReadModelServer> fmt::Debug for SqlTransaction<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlTransaction").finish_non_exhaustive()
    }
}

fn failed(error: SqlError) -> RecordError {
    error.into_record_error(OPERATION)
}

/// Maps the error of a transaction that may have been ended by a handler.
fn ended(error: SqlError) -> RecordError {
    let is_ended = matches!(error.kind(), Some(ErrorKind::Ended(_)));
    match failed(error) {
        RecordError::Backend { source, .. } if is_ended => RecordError::TransactionEnded { source },
        error => error,
    }
}
