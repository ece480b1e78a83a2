//! The transactions of the group commit.

use std::sync::Arc;

use async_trait::async_trait;
use es_store::kit::{BatchStore, Found, OpenTable, Outcomes, WriteError};
use es_store::{Append, Notifier, Position, RecordError, RecordId, SequencedItem};
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};
use uuid::Uuid;

use crate::database::Database;
use crate::error::is_conflict;
use crate::insertion::Insertion;
use crate::lock::FileLock;
use crate::reader::TableReader;
use crate::rows::{RowReader, position_value};
use crate::schema::prepare;
use crate::statements::Statements;

const OPERATION: &str = "append";

/// Writes one table of a database.
pub(crate) struct SqliteWriter {
    database: Arc<Database>,
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    notifier: Arc<Notifier>,
    /// None of a database in memory, which no other process sees.
    lock: Option<FileLock>,
}

impl SqliteWriter {
    pub(crate) fn new(
        database: Arc<Database>,
        table: Arc<OpenTable>,
        statements: Arc<Statements>,
        notifier: Arc<Notifier>,
    ) -> Result<Self, RecordError> {
        let lock = database.file_lock()?;
        Ok(Self {
            database,
            table,
            statements,
            notifier,
            lock,
        })
    }

    fn commit(
        &self,
        connection: &mut Connection,
        appends: &[Append],
    ) -> Result<Outcomes, WriteError> {
        let error = |source| self.database.error(OPERATION, source);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(error)?;
        let outcomes = Appends::prepare(&transaction, self)?.run(appends)?;
        self.database.check_file(OPERATION)?;
        transaction
            .commit()
            .map_err(|source| WriteError::Lost(error(source).into()))?;
        // A file that went in the middle took what was committed along.
        self.database
            .check_file(OPERATION)
            .map_err(|gone| WriteError::Lost(gone.into()))?;
        Ok(outcomes)
    }

    fn release(&self) {
        if let Some(Err(error)) = self.lock.as_ref().map(FileLock::release) {
            tracing::error!(%error, "the lock beside the database cannot be given back");
        }
    }
}

#[async_trait]
impl BatchStore for SqliteWriter {
    /// The transaction itself begins in `write`: the connection of a database in memory is not held while nothing is done.
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.database.check_file(OPERATION)?;
        match &mut self.lock {
            Some(lock) => self.database.acquire(lock),
            None => Ok(()),
        }
    }

    async fn write(&mut self, appends: &[Append]) -> Result<Outcomes, WriteError> {
        let mut written = Err(WriteError::Refused(RecordError::Closed));
        let reached = self.database.with_writer(OPERATION, |connection| {
            written = self.commit(connection, appends);
            Ok(())
        });
        self.release();
        reached?;
        written
    }

    async fn unlock(&mut self) {
        self.release();
    }

    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<Found>, RecordError> {
        let error = |source| self.database.error(OPERATION, source);
        self.database.with_writer(OPERATION, |connection| {
            let reader = TableReader {
                connection,
                table: &self.table,
                statements: &self.statements,
                error: &error,
            };
            let position = position_value(&self.table, position)?;
            let key = params![reader.form()?.value(sequence_id), position];
            let rows = reader.rows(&self.statements.find, key, RowReader::found)?;
            Ok(rows.into_iter().next())
        })
    }

    fn committed(&mut self) {
        self.notifier.notify();
    }
}

/// The statements of one transaction, prepared.
struct Appends<'c> {
    writer: &'c SqliteWriter,
    insertion: Insertion<'c>,
    savepoint: CachedStatement<'c>,
    release: CachedStatement<'c>,
    rollback: CachedStatement<'c>,
    outcomes: Outcomes,
}

impl<'c> Appends<'c> {
    fn prepare(connection: &'c Connection, writer: &'c SqliteWriter) -> Result<Self, RecordError> {
        let error = |source| writer.database.error(OPERATION, source);
        let statement = |sql| prepare(connection, &writer.table, sql, &error);
        let reader = TableReader {
            connection,
            table: &writer.table,
            statements: &writer.statements,
            error: &error,
        };
        let insertion = Insertion::prepare(connection, &writer.table, &reader)?;
        let outcomes = insertion
            .max_id
            .map_or(Outcomes::without_ids(), Outcomes::after);
        Ok(Self {
            writer,
            insertion,
            savepoint: statement("SAVEPOINT append")?,
            release: statement("RELEASE append")?,
            rollback: statement("ROLLBACK TO append")?,
            outcomes,
        })
    }

    fn run(mut self, appends: &[Append]) -> Result<Outcomes, RecordError> {
        for append in appends {
            match append.items() {
                [item] => self.insert_one(item),
                items => self.insert_list(items),
            }
            .map_err(|source| self.writer.database.error(OPERATION, source))?;
        }
        Ok(self.outcomes)
    }

    /// A statement that fails undoes itself.
    fn insert_one(&mut self, item: &SequencedItem) -> Result<(), rusqlite::Error> {
        match self.insert(item, 0) {
            Ok(()) => self.outcomes.keep(1),
            Err(error) => self.refuse(item, error)?,
        }
        Ok(())
    }

    fn insert_list(&mut self, items: &[SequencedItem]) -> Result<(), rusqlite::Error> {
        self.savepoint.execute([])?;
        for (offset, item) in (0..).zip(items) {
            if let Err(error) = self.insert(item, offset) {
                // Some errors undo the whole transaction, and the savepoint with it: they are what is reported.
                self.refuse(item, error)?;
                self.rollback.execute([])?;
                self.release.execute([])?;
                return Ok(());
            }
        }
        self.release.execute([])?;
        self.outcomes.keep(items.len());
        Ok(())
    }

    fn insert(&mut self, item: &SequencedItem, offset: u64) -> Result<(), rusqlite::Error> {
        let first = self.outcomes.next_id();
        let id = first.map(|first| RecordId::new(first.get().saturating_add(offset)));
        self.insertion.insert(item, id)
    }

    /// An error of one append: the transaction goes on without it.
    fn refuse(
        &mut self,
        item: &SequencedItem,
        error: rusqlite::Error,
    ) -> Result<(), rusqlite::Error> {
        if is_conflict(&error) {
            self.outcomes.conflict(item.sequence_id, item.position);
        } else if error.sqlite_error_code() == Some(rusqlite::ErrorCode::TooBig) {
            self.outcomes
                .refuse(self.writer.database.error(OPERATION, error));
        } else {
            return Err(error);
        }
        Ok(())
    }
}
