//! The transaction of a projection into an `SQLite` database.

use std::fmt;
use std::ops::Deref;

use es_sql::{IdEncoding, RowReader, RunStatements, Statement};
use es_store::read_model::ReadModelError;
use es_store::{Appended, EventTransaction, RecordError, SequencedItem, Table};
use rusqlite::Connection;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::read_model::Writer;
use crate::rows::{bound, read_all};
use crate::transaction::{append_on, items_on};

/// Releasing the savepoint fails if a handler ended the transaction, even if it began another.
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
    after_commit: Vec<Box<dyn FnOnce() + Send + Sync>>,
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
    pub(crate) fn check(&self) -> Result<(), ReadModelError> {
        let checked = self.writer.connection.execute_batch(CHECK);
        checked.map_err(|error| ReadModelError::TransactionEnded {
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
}

impl EventTransaction for SqliteTransaction {
    async fn append(
        &mut self,
        table: &Table,
        items: &[SequencedItem],
    ) -> Result<Appended, RecordError> {
        append_on(&self.writer.connection, table, items)
    }

    async fn items(
        &mut self,
        table: &Table,
        sequence_id: Uuid,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        items_on(&self.writer.connection, table, sequence_id)
    }

    fn after_commit(&mut self, call: Box<dyn FnOnce() + Send + Sync>) {
        self.after_commit.push(call);
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
