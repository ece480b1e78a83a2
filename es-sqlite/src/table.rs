//! One table of an `SQLite` database.

use std::sync::Arc;

use es_sql::{FromRow, TableChange, TableDriver, TableQuery, TableStatements};
use es_store::kit::{GroupCommit, OpenTable};
use es_store::{Appended, Notifier, PositionKind, RecordError, SequencedItem, WakeUp};
use rusqlite::Connection;

use crate::dialect::DIALECT;
use crate::rows::{bound, check_exact};
use crate::table_reader::TableReader;
use crate::writer::SqliteWriter;
use crate::{Sqlite, schema};

/// A table of an `SQLite` database.
pub struct SqliteTable {
    table: Arc<OpenTable>,
    statements: Arc<TableStatements>,
    database: Arc<Sqlite>,
    /// `None` in a database that is only read.
    writer: Option<GroupCommit>,
    /// Notifies followers of commits of this process; those of other processes are found by polling.
    notifier: Arc<Notifier>,
}

impl SqliteTable {
    /// The writer has its own thread: its calls block, and a task would take a thread of the
    /// runtime for each batch.
    fn start_writer(
        database: &Arc<Sqlite>,
        statements: &Arc<TableStatements>,
        notifier: &Arc<Notifier>,
    ) -> Result<Option<GroupCommit>, RecordError> {
        if database.is_read_only() {
            return Ok(None);
        }
        let (database, statements) = (database.clone(), statements.clone());
        let writer = SqliteWriter::new(database, statements, notifier.clone())?;
        let writer = GroupCommit::on_thread("es-sqlite writer", writer);
        writer.map(Some).map_err(|error| RecordError::Backend {
            operation: "start the writer",
            source: error.into(),
        })
    }
}

impl TableDriver for SqliteTable {
    type Database = Sqlite;

    fn open(database: Arc<Sqlite>, table: Arc<OpenTable>) -> Result<Self, RecordError> {
        let statements = Arc::new(TableStatements::new(&table, &DIALECT));
        let notifier = Arc::<Notifier>::default();
        Ok(Self {
            writer: Self::start_writer(&database, &statements, &notifier)?,
            table,
            statements,
            database,
            notifier,
        })
    }

    fn table(&self) -> &OpenTable {
        &self.table
    }

    fn wake_up(&self) -> WakeUp {
        self.notifier.subscribe()
    }

    fn notify(&self) {
        self.notifier.notify();
    }

    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError> {
        if self.table.position_kind == PositionKind::Timestamp {
            items.iter().try_for_each(check_exact)?;
        }
        match &self.writer {
            Some(writer) => writer.append(items.into()).await,
            // Fails: the database is read-only.
            None => self
                .database
                .with_writer("append", |_| Ok(Appended::default())),
        }
    }

    async fn read<T: FromRow>(&self, query: TableQuery) -> Result<Vec<T>, RecordError> {
        let operation = query.operation();
        let (statements, database) = (self.statements.clone(), self.database.clone());
        let read = move |connection: &Connection| {
            let error = |source| database.file().error(operation, source);
            let reader = TableReader {
                connection,
                statements: &statements,
                error: &error,
            };
            reader.read(&query)
        };
        self.database.read(operation, read).await
    }

    async fn change(&self, change: TableChange) -> Result<u64, RecordError> {
        let operation = change.operation();
        let (statements, database) = (self.statements.clone(), self.database.clone());
        let change = move |connection: &mut Connection| {
            let error = |source| database.file().error(operation, source);
            match change {
                TableChange::Drop => {
                    let dropped = connection.execute_batch(&statements.drop);
                    statements.id_encoding.clear();
                    dropped.map_err(error)?;
                }
                TableChange::Truncate => {
                    let truncated = connection.execute_batch(&statements.truncate);
                    truncated.map_err(error)?;
                }
                TableChange::Delete(sequence_id, position) => {
                    let encoding = schema::id_encoding(connection, &statements).map_err(error)?;
                    let delete = statements.delete(sequence_id, position, encoding)?;
                    let deleted = connection.execute(&delete.sql, bound(&delete.parameters));
                    return Ok(deleted.map_err(error)? as u64);
                }
            }
            Ok(0)
        };
        self.database.write(operation, change).await
    }

    async fn setup(&self) -> Result<(), RecordError> {
        const OPERATION: &str = "set the table up";
        let (table, database) = (self.table.clone(), self.database.clone());
        let error = move |source| database.file().error(OPERATION, source);
        if self.database.is_read_only() {
            let check = move |connection: &Connection| schema::check(connection, &table, &error);
            return self.database.read(OPERATION, check).await;
        }
        let setup = move |connection: &mut Connection| schema::setup(connection, &table, &error);
        self.database.write(OPERATION, setup).await
    }

    async fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}
