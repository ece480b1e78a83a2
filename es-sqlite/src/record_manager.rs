use std::sync::Arc;

use async_trait::async_trait;
use es_store::kit::{GroupCommit, OpenTable};
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Notifier, Position, PositionKind, Record,
    RecordError, RecordId, RecordManager, SequencedItem, Table, TableAdministration, TimeOrdered,
    TimePlace, WakeUp,
};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::database::Database;
use crate::reader::TableReader;
use crate::rows::{check_exact, position_value};
use crate::schema;
use crate::statements::Statements;
use crate::writer::SqliteWriter;

/// One table of a database.
pub struct SqliteRecordManager {
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    database: Arc<Database>,
    /// None of a database that is only read.
    writer: Option<GroupCommit>,
    /// Rung after each commit of this process; others' commits are found by looking.
    notifier: Arc<Notifier>,
}

impl SqliteRecordManager {
    pub(crate) fn open(
        database: Arc<Database>,
        table: Arc<OpenTable>,
    ) -> Result<Self, RecordError> {
        let statements = Arc::new(Statements::of(&table));
        let notifier = Arc::<Notifier>::default();
        let writer = if database.is_read_only() {
            None
        } else {
            let writer = SqliteWriter::new(
                database.clone(),
                table.clone(),
                statements.clone(),
                notifier.clone(),
            )?;
            let writer = GroupCommit::on_thread("es-sqlite writer", writer);
            Some(writer.map_err(|error| RecordError::Backend {
                operation: "start the writer",
                source: error.into(),
            })?)
        };
        Ok(Self {
            table,
            statements,
            database,
            writer,
            notifier,
        })
    }

    async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&TableReader<'_>) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        self.table.check_open()?;
        let (table, statements) = (self.table.clone(), self.statements.clone());
        let database = self.database.clone();
        let read = move |connection: &Connection| {
            let error = |source| database.error(operation, source);
            work(&TableReader {
                connection,
                table: &table,
                statements: &statements,
                error: &error,
            })
        };
        self.database.read(operation, read).await
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, RecordError> {
        self.table.check_open()?;
        let database = self.database.clone();
        let write = move |connection: &mut Connection| {
            work(connection).map_err(|source| database.error(operation, source))
        };
        self.database.write(operation, write).await
    }
}

#[async_trait]
impl RecordManager for SqliteRecordManager {
    fn capabilities(&self) -> Capabilities {
        self.table.capabilities()
    }

    fn time_ordered(&self) -> Option<&dyn TimeOrdered> {
        Some(self)
    }

    fn wake_up(&self) -> WakeUp {
        self.notifier.subscribe()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.table.check_open()?;
        self.table.check(&items)?;
        if self.table.position_kind == PositionKind::Timestamp {
            items.iter().try_for_each(check_exact)?;
        }
        match &self.writer {
            Some(writer) => writer.append(items.into()).await,
            None => self
                .database
                .with_writer("append", |_| Ok(Appended::default())),
        }
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_query(&query)?;
        self.read("read items", move |reader| reader.items(&query))
            .await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.table.check_ids("records")?;
        self.read("read records", move |reader| reader.records(after, limit))
            .await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.table.check_ids("max_record_id")?;
        self.read("read the greatest record id", |reader| {
            reader.max_record_id()
        })
        .await
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.read("read sequence ids", move |reader| {
            reader.sequence_ids(after, limit)
        })
        .await
    }
}

#[async_trait]
impl TableAdministration for SqliteRecordManager {
    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    async fn setup(&self) -> Result<(), RecordError> {
        const OPERATION: &str = "set the table up";
        self.table.check_open()?;
        let (table, database) = (self.table.clone(), self.database.clone());
        let error = move |source| database.error(OPERATION, source);
        if self.database.is_read_only() {
            let check = move |connection: &Connection| schema::check(connection, &table, &error);
            return self.database.read(OPERATION, check).await;
        }
        let setup = move |connection: &mut Connection| schema::setup(connection, &table, &error);
        self.database.write(OPERATION, setup).await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        let statements = self.statements.clone();
        self.write("drop the table", move |connection| {
            let dropped = connection.execute_batch(&statements.drop);
            statements.form.forget();
            dropped
        })
        .await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        let statements = self.statements.clone();
        self.write("truncate the table", move |connection| {
            connection.execute_batch(&statements.truncate)
        })
        .await
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let (statements, table) = (self.statements.clone(), self.table.clone());
        let position = position_value(&table, position)?;
        self.write("delete a record", move |connection| {
            let form = statements.form.get(connection, &table)?;
            let key = params![form.value(sequence_id), position];
            Ok(connection.execute(&statements.delete, key)? > 0)
        })
        .await
    }

    fn notify_followers(&self) {
        self.notifier.notify();
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.table.close();
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
        Ok(())
    }
}

#[async_trait]
impl TimeOrdered for SqliteRecordManager {
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_times("items_by_time")?;
        self.read("read items by time", move |reader| {
            reader.items_by_time(after, limit)
        })
        .await
    }
}
