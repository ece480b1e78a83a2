//! The transaction of a projection in a database on a server.

use std::fmt;
use std::ops::{Deref, DerefMut};

use es_store::read_model::ReadModelError;
use es_store::{Appended, EventTransaction, RecordError, SequencedItem, Table};
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
    pub(super) async fn check(&mut self) -> Result<(), ReadModelError> {
        let Some(sql) = D::CHECK else { return Ok(()) };
        let checked = self.connection.session().execute(sql).await;
        checked.map_err(ended)
    }

    pub(super) async fn commit(mut self) -> Result<(), ReadModelError> {
        let committed = self.connection.session().execute(D::COMMIT).await;
        match committed {
            Ok(()) => {}
            // The row of the projection tells whether it was committed, once the server answers
            // again.
            Err(lost) if lost.is_lost() => {
                return Err(ReadModelError::Store(RecordError::Unknown {
                    source: Box::new(failed(lost)),
                }));
            }
            Err(refused) => {
                // Afterwards the connection can be used again; otherwise it is closed.
                let _closed = self.rollback().await;
                return Err(ended(refused));
            }
        }
        if !self.connection.keep() {
            // The answer was that of an earlier statement, whose future a handler dropped.
            return Err(ReadModelError::Store(RecordError::Unknown {
                source: "the server is still in a transaction after the answer to the commit"
                    .into(),
            }));
        }
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
}

impl<D: ReadModelServer> EventTransaction for SqlTransaction<D> {
    async fn append(
        &mut self,
        table: &Table,
        items: &[SequencedItem],
    ) -> Result<Appended, RecordError> {
        append_in(&mut self.connection.session(), table, items).await
    }

    async fn items(
        &mut self,
        table: &Table,
        sequence_id: Uuid,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        items_in(&mut self.connection.session(), table, sequence_id).await
    }

    fn after_commit(&mut self, call: Box<dyn FnOnce() + Send + Sync>) {
        self.after_commit.push(call);
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
fn ended(error: SqlError) -> ReadModelError {
    let is_ended = matches!(error.kind(), Some(ErrorKind::Ended(_)));
    match failed(error) {
        RecordError::Backend { source, .. } if is_ended => {
            ReadModelError::TransactionEnded { source }
        }
        error => error.into(),
    }
}
