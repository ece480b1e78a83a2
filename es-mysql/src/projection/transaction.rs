use std::fmt;
use std::ops::{Deref, DerefMut};

use es_core::application::Application;
use es_core::domain::Aggregate;
use es_core::error::Result;
use es_store::read_model::ReadModelError;
use es_store::{Appended, RecordError};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use uuid::Uuid;

use super::read_model::OPERATION;
use crate::connections::Connection;
use crate::database::Database;
use crate::error::{is_lost, is_without_savepoint, record_error};
use crate::transaction::{append_on, items_on};

/// Without `autocommit`, what follows a deadlock, which ends the transaction, would be kept statement by statement. The
/// savepoint tells at the end that it is still the same transaction.
const BEGIN: &str = "SET autocommit = 0; START TRANSACTION; SAVEPOINT es_projection";
const COMMIT: &str = "RELEASE SAVEPOINT es_projection; COMMIT; SET autocommit = 1";
const ROLLBACK: &str = "ROLLBACK; SET autocommit = 1";

/// The transaction of a projection on `MySQL` or `MariaDB`: what its handlers are given. It is a [`Conn`] with a transaction
/// at `READ COMMITTED` that the library commits or rolls back, with the position in it.
///
/// Statements that make, change or rename tables commit by themselves on these servers, and have no place here: the
/// projection ends with an error.
pub struct MysqlTransaction {
    /// One that is dropped is closed, and the server rolls back.
    connection: Connection,
    /// What is done once it is committed.
    then: Vec<Box<dyn FnOnce() + Send + Sync>>,
}

impl MysqlTransaction {
    /// Begins on a connection that waits, and once more where it turns out to be gone, as that of a server that was
    /// restarted.
    pub(super) async fn begin(database: &Database) -> Result<Self, RecordError> {
        let mut connection = database.connection(OPERATION).await?;
        let mut begun = connection.query_drop(BEGIN).await;
        if begun.as_ref().is_err_and(is_lost) {
            database.forget_waiting();
            connection = database.connection(OPERATION).await?;
            begun = connection.query_drop(BEGIN).await;
        }
        begun.map_err(failed)?;
        Ok(Self {
            connection,
            then: Vec::new(),
        })
    }

    pub(super) async fn commit(mut self) -> Result<(), ReadModelError> {
        self.connection.query_drop(COMMIT).await.map_err(|error| {
            let is_ended = is_without_savepoint(&error);
            if is_lost(&error) {
                // The row of the projection tells, once the server answers again.
                let source = Box::new(failed(error));
                return RecordError::Unknown { source }.into();
            }
            match failed(error) {
                RecordError::Backend { source, .. } if is_ended => {
                    ReadModelError::TransactionEnded { source }
                }
                error => error.into(),
            }
        })?;
        self.connection.keep();
        for call in self.then {
            call();
        }
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), RecordError> {
        self.connection.query_drop(ROLLBACK).await.map_err(failed)?;
        self.connection.keep();
        Ok(())
    }

    /// Writes the pending events of an aggregate, all or none, so that they commit together with the position: what a
    /// projection does that issues commands. It must be the database that the application has its events in.
    ///
    /// From here on the transaction holds the lock of the events' table: all other appends wait until the batch is
    /// committed ([`Runner::batch_time`](es_projection::Runner::batch_time) says how long that may last).
    ///
    /// The aggregate is as if it were saved. Where a handler fails after it, or the transaction is rolled back, drop it, and
    /// load it again when the handler is called again. Subscribers are told after the commit.
    ///
    /// # Errors
    ///
    /// Those of [`save_in`](crate::save_in).
    pub async fn save<A: Aggregate>(
        &mut self,
        app: &Application,
        aggregate: &mut A,
    ) -> Result<Appended> {
        let staged = app.stage(aggregate)?;
        let table = staged.table()?;
        let appended = append_on(&mut *self.connection, &table, staged.items()).await?;
        self.then.push(Box::new(staged.detach()));
        Ok(appended)
    }

    /// The aggregate as it is in this transaction, with what was saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`Application::get`].
    pub async fn get<A: Aggregate>(&mut self, app: &Application, id: Uuid) -> Result<A> {
        let store = app.event_store();
        let table = store.record_manager().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let items = items_on(&mut *self.connection, table, id).await?;
        store.replay(id, &items)
    }
}

pub(super) fn failed(error: Error) -> RecordError {
    record_error(OPERATION, error)
}

impl Deref for MysqlTransaction {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.connection
    }
}

impl DerefMut for MysqlTransaction {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.connection
    }
}

impl fmt::Debug for MysqlTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlTransaction").finish_non_exhaustive()
    }
}
