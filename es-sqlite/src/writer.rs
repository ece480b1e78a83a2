//! The transactions of group commit.

use es_store::Append;
use std::sync::Arc;

use async_trait::async_trait;
use es_sql::{TableQuery, TableStatements};
use es_store::kit::{BatchOutcomes, BatchStore, StoredItem, WriteError};
use es_store::{Notifier, Position, RecordError, RecordId, SequencedItem};
use rusqlite::{CachedStatement, Connection, TransactionBehavior};
use uuid::Uuid;

use crate::Sqlite;
use crate::database_file::release;
use crate::error::is_conflict;
use crate::insertion::Insertion;
use crate::lock::FileLock;
use crate::schema::prepare;
use crate::table_reader::TableReader;

const OPERATION: &str = "append";

/// Writes one table of a database.
pub(crate) struct SqliteWriter {
    database: Arc<Sqlite>,
    statements: Arc<TableStatements>,
    notifier: Arc<Notifier>,
    /// `None` for a database in memory, which no other process sees.
    lock: Option<FileLock>,
}

impl SqliteWriter {
    pub(crate) fn new(
        database: Arc<Sqlite>,
        statements: Arc<TableStatements>,
        notifier: Arc<Notifier>,
    ) -> Result<Self, RecordError> {
        let lock = database.file().lock()?;
        Ok(Self {
            database,
            statements,
            notifier,
            lock,
        })
    }

    fn commit(
        &self,
        connection: &mut Connection,
        appends: &[Append],
    ) -> Result<BatchOutcomes, WriteError> {
        let file = self.database.file();
        let error = |source| file.error(OPERATION, source);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(error)?;
        let outcomes = Appends::prepare(&transaction, self)?.run(appends)?;
        file.check(OPERATION)?;
        transaction
            .commit()
            .map_err(|source| WriteError::Lost(error(source).into()))?;
        // A commit to a file that was removed meanwhile is lost with it.
        file.check(OPERATION)
            .map_err(|gone| WriteError::Lost(gone.into()))?;
        Ok(outcomes)
    }

    fn error(&self, error: rusqlite::Error) -> RecordError {
        self.database.file().error(OPERATION, error)
    }
}

#[async_trait]
impl BatchStore for SqliteWriter {
    /// The transaction itself begins in `write`: other callers use the connection of a database in
    /// memory until then.
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.database.file().check(OPERATION)?;
        self.database.acquire(OPERATION, &mut self.lock)
    }

    async fn write(&mut self, appends: &[Append]) -> Result<BatchOutcomes, WriteError> {
        let mut written = Err(WriteError::NotWritten(RecordError::Closed));
        let reached = self.database.with_writer(OPERATION, |connection| {
            written = self.commit(connection, appends);
            Ok(())
        });
        release(self.lock.as_ref());
        reached?;
        written
    }

    async fn unlock(&mut self) {
        release(self.lock.as_ref());
    }

    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<StoredItem>, RecordError> {
        self.database.with_writer(OPERATION, |connection| {
            let reader = TableReader {
                connection,
                statements: &self.statements,
                error: &|source| self.error(source),
            };
            let found = reader.read(&TableQuery::Item(sequence_id, position))?;
            Ok(found.into_iter().next())
        })
    }

    fn committed(&mut self) {
        self.notifier.notify();
    }
}

/// The prepared statements of one transaction.
struct Appends<'c> {
    writer: &'c SqliteWriter,
    insertion: Insertion<'c>,
    savepoint: CachedStatement<'c>,
    release: CachedStatement<'c>,
    rollback: CachedStatement<'c>,
    outcomes: BatchOutcomes,
}

impl<'c> Appends<'c> {
    fn prepare(connection: &'c Connection, writer: &'c SqliteWriter) -> Result<Self, RecordError> {
        let error = |source| writer.error(source);
        let statements = &*writer.statements;
        let statement = |sql| prepare(connection, &statements.table, sql, &error);
        let reader = TableReader {
            connection,
            statements,
            error: &error,
        };
        let insertion = Insertion::prepare(connection, statements, &reader)?;
        let outcomes = insertion
            .max_id
            .map_or(BatchOutcomes::without_ids(), BatchOutcomes::after);
        Ok(Self {
            writer,
            insertion,
            savepoint: statement("SAVEPOINT append")?,
            release: statement("RELEASE append")?,
            rollback: statement("ROLLBACK TO append")?,
            outcomes,
        })
    }

    fn run(mut self, appends: &[Append]) -> Result<BatchOutcomes, RecordError> {
        for append in appends {
            match append.items() {
                [item] => self.insert_one(item),
                items => self.insert_list(items),
            }
            .map_err(|source| self.writer.error(source))?;
        }
        Ok(self.outcomes)
    }

    /// Needs no savepoint: a statement that fails undoes itself.
    fn insert_one(&mut self, item: &SequencedItem) -> Result<(), rusqlite::Error> {
        match self.insert(item, 0) {
            Ok(()) => self.outcomes.accept(1),
            Err(error) => self.refuse(item, error)?,
        }
        Ok(())
    }

    fn insert_list(&mut self, items: &[SequencedItem]) -> Result<(), rusqlite::Error> {
        self.savepoint.execute([])?;
        for (offset, item) in (0..).zip(items) {
            if let Err(error) = self.insert(item, offset) {
                // Some errors roll back the whole transaction and the savepoint with it: report
                // them.
                self.refuse(item, error)?;
                self.rollback.execute([])?;
                self.release.execute([])?;
                return Ok(());
            }
        }
        self.release.execute([])?;
        self.outcomes.accept(items.len());
        Ok(())
    }

    fn insert(&mut self, item: &SequencedItem, offset: u64) -> Result<(), rusqlite::Error> {
        let first = self.outcomes.next_id();
        let id = first.map(|first| RecordId::new(first.get().saturating_add(offset)));
        self.insertion.insert(item, id)
    }

    /// Refuses one append; the transaction goes on without it. Returns the error if it concerns the
    /// whole transaction.
    fn refuse(
        &mut self,
        item: &SequencedItem,
        error: rusqlite::Error,
    ) -> Result<(), rusqlite::Error> {
        if is_conflict(&error) {
            self.outcomes.conflict(item.sequence_id, item.position);
        } else if error.sqlite_error_code() == Some(rusqlite::ErrorCode::TooBig) {
            self.outcomes.reject(self.writer.error(error));
        } else {
            return Err(error);
        }
        Ok(())
    }
}
