//! The transaction of a projection into an `SQLite` database.

use std::fmt;
use std::ops::Deref;

use es_core::infrastructure::Appended;
use es_core::{Aggregate, Application, RecordError, Result};
use es_sql::{IdEncoding, RowReader, RunStatements, Statement};
use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::read_model::Writer;
use crate::rows::{bound, read_all};
use crate::transaction::{append_on, items_on};

/// The savepoint ends with the transaction, and so tells it from a later one.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT es_projection";
const CHECK: &str = "RELEASE es_projection";

/// The transaction that handlers of a projection into `SQLite` get: a [`Connection`] with a
/// transaction that the library commits or rolls back together with the position.
///
/// A handler that ends the transaction, also by `OR ROLLBACK`, ends the projection, and the
/// position does not move.
///
/// Handlers run off the threads of the runtime, so they may block in calls of the driver.
pub struct SqliteTransaction {
    writer: OwnedMutexGuard<Writer>,
    /// Called after the commit.
    after_commit: Vec<Box<dyn FnOnce() + Send>>,
}

impl SqliteTransaction {
    pub(crate) fn begin(mut writer: OwnedMutexGuard<Writer>) -> Result<Self, RecordError> {
        writer.acquire()?;
        let this = Self {
            writer,
            after_commit: Vec::new(),
        };
        this.writer.check_file()?;
        this.run_batch(BEGIN)?;
        Ok(this)
    }

    /// Checks that this is still the transaction that was begun.
    pub(crate) fn check(&self) -> Result<(), RecordError> {
        let checked = self.writer.connection.execute_batch(CHECK);
        checked.map_err(|error| RecordError::TransactionEnded {
            source: error.into(),
        })
    }

    pub(crate) fn commit(mut self) -> Result<(), RecordError> {
        self.writer.check_file()?;
        self.run_batch("COMMIT")?;
        // A commit to a file that was removed meanwhile is lost with it.
        self.writer.check_file()?;
        let after_commit = std::mem::take(&mut self.after_commit);
        drop(self);
        for call in after_commit {
            call();
        }
        Ok(())
    }

    pub(crate) fn rollback(self) -> Result<(), RecordError> {
        self.run_batch("ROLLBACK")
    }

    fn run_batch(&self, sql: &str) -> Result<(), RecordError> {
        let done = self.writer.connection.execute_batch(sql);
        done.map_err(|error| self.failed(error))
    }

    pub(crate) fn failed(&self, error: rusqlite::Error) -> RecordError {
        self.writer.failed(error)
    }

    /// Writes the pending events of an aggregate, all or none, so that they commit together with
    /// the position: for a projection that issues commands. The application must have its events in
    /// the same database.
    ///
    /// The aggregate counts as saved. If a handler fails afterwards or the transaction is rolled
    /// back, drop the aggregate and load it again when the handler is called again. Subscribers are
    /// notified after the commit.
    ///
    /// # Errors
    ///
    /// Those of [`save_in`](crate::save_in).
    pub fn save<A: Aggregate>(&mut self, app: &Application, aggregate: &mut A) -> Result<Appended> {
        let staged = app.stage(aggregate)?;
        let appended = append_on(&self.writer.connection, &staged.table()?, staged.items())?;
        self.after_commit.push(Box::new(staged.detach()));
        Ok(appended)
    }

    /// Loads an aggregate as it is in this transaction, with the events that were saved in it.
    ///
    /// # Errors
    ///
    /// Those of [`Application::get`].
    pub fn get<A: Aggregate>(&self, app: &Application, id: Uuid) -> Result<A> {
        let store = app.event_store();
        let table = store.records().table();
        let table = table.ok_or(RecordError::unsupported("events in a transaction"))?;
        let items = items_on(&self.writer.connection, table, id)?;
        store.replay(id, &items)
    }
}

impl RunStatements for SqliteTransaction {
    async fn run(&mut self, statement: Statement<'_>) -> Result<u64, RecordError> {
        let prepared = self.prepare_cached(&statement.sql);
        let changed = prepared.and_then(|mut it| it.execute(bound(&statement.parameters)));
        Ok(changed.map_err(|error| self.failed(error))? as u64)
    }

    async fn query<R: RowReader>(
        &mut self,
        statement: Statement<'_>,
        mut rows: R,
    ) -> Result<Vec<R::Output>, RecordError> {
        let failed = |error| self.failed(error);
        let mut prepared = self.prepare_cached(&statement.sql).map_err(failed)?;
        let encoding = IdEncoding::default();
        read_all(
            &mut prepared,
            &statement.parameters,
            encoding,
            &mut rows,
            &failed,
        )
    }
}

impl Deref for SqliteTransaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.writer.connection
    }
}

/// Rolls back a transaction that was not committed.
impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if !self.writer.connection.is_autocommit()
            && let Err(error) = self.run_batch("ROLLBACK")
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
