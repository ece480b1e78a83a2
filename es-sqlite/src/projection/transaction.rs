use std::fmt;
use std::ops::Deref;

use es_core::application::Application;
use es_core::domain::Aggregate;
use es_core::error::Result;
use es_store::read_model::ReadModelError;
use es_store::{Appended, RecordError};
use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::read_model::Writer;
use crate::transaction::{append_on, items_on};

/// The savepoint goes with the transaction: what is begun after it is another one.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT es_projection";
const CHECK: &str = "RELEASE es_projection";

/// The transaction of a projection on `SQLite`: what its handlers are given. It is a [`Connection`] with a transaction that
/// the library commits or rolls back, with the position in it.
///
/// A handler that ends the transaction, also by `OR ROLLBACK`, ends the projection, and the position is not moved.
///
/// Its work blocks, and is done off the threads of the runtime: a handler calls the driver as it is.
pub struct SqliteTransaction {
    writer: OwnedMutexGuard<Writer>,
    /// What is done once it is committed.
    then: Vec<Box<dyn FnOnce() + Send>>,
}

impl SqliteTransaction {
    pub(super) fn begin(mut writer: OwnedMutexGuard<Writer>) -> Result<Self, RecordError> {
        writer.acquire()?;
        let this = Self {
            writer,
            then: Vec::new(),
        };
        this.writer.check_file()?;
        this.run(BEGIN)?;
        Ok(this)
    }

    /// Whether it is still the one that was begun.
    pub(super) fn check(&self) -> Result<(), ReadModelError> {
        let checked = self.writer.connection.execute_batch(CHECK);
        checked.map_err(|error| ReadModelError::TransactionEnded {
            source: error.into(),
        })
    }

    pub(super) fn commit(mut self) -> Result<(), RecordError> {
        self.writer.check_file()?;
        self.run("COMMIT")?;
        // A file that went in the middle took what was committed along.
        self.writer.check_file()?;
        let then = std::mem::take(&mut self.then);
        drop(self);
        for call in then {
            call();
        }
        Ok(())
    }

    pub(super) fn rollback(self) -> Result<(), RecordError> {
        self.run("ROLLBACK")
    }

    fn run(&self, sql: &str) -> Result<(), RecordError> {
        let done = self.writer.connection.execute_batch(sql);
        done.map_err(|error| self.failed(error))
    }

    pub(super) fn failed(&self, error: rusqlite::Error) -> RecordError {
        self.writer.failed(error)
    }

    /// Writes the pending events of an aggregate, all or none, so that they commit together with the position: what a
    /// projection does that issues commands. It must be the database that the application has its events in.
    ///
    /// The aggregate is as if it were saved. Where a handler fails after it, or the transaction is rolled back, drop it, and
    /// load it again when the handler is called again. Subscribers are told after the commit.
    ///
    /// # Errors
    ///
    /// Those of [`save_in`](crate::save_in).
    pub fn save<A: Aggregate>(&mut self, app: &Application, aggregate: &mut A) -> Result<Appended> {
        let staged = app.stage(aggregate)?;
        let appended = append_on(&self.writer.connection, &staged.table()?, staged.items())?;
        self.then.push(Box::new(staged.detach()));
        Ok(appended)
    }

    /// The aggregate as it is in this transaction, with what was saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`Application::get`].
    pub fn get<A: Aggregate>(&self, app: &Application, id: Uuid) -> Result<A> {
        let store = app.event_store();
        let table = store.record_manager().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let items = items_on(&self.writer.connection, table, id)?;
        store.replay(id, &items)
    }
}

impl Deref for SqliteTransaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.writer.connection
    }
}

/// One that was not committed is rolled back.
impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if !self.writer.connection.is_autocommit()
            && let Err(error) = self.run("ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be rolled back");
        }
        self.writer.release();
    }
}

impl fmt::Debug for SqliteTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteTransaction").finish_non_exhaustive()
    }
}
