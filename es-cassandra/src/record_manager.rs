//! One table of a keyspace.

use std::sync::Arc;

use async_trait::async_trait;
use es_store::kit::OpenTable;
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration,
};
use es_structures::application_sequence::BulkRead;
use scylla::serialize::row::SerializeRow;
use scylla::statement::unprepared::Statement;
use scylla::value::{CqlValue, Row};
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::database::{Database, change_schema};
use crate::reader::TableReader;
use crate::rows::position_value;
use crate::statements::{Statements, check_name};
use crate::{append, schema};

/// The operation that only a table with record ids supports.
const BY_RECORD_ID: &str =
    "reading by record id from a Cassandra table without an application sequence";

/// A record manager of one table, without record ids.
pub struct CassandraRecordManager {
    table: Arc<OpenTable>,
    statements: Statements,
    database: Arc<Database>,
    /// Read by each running append; written by `close`, which waits for all of them.
    running_appends: RwLock<()>,
}

impl CassandraRecordManager {
    pub(crate) fn open(
        database: Arc<Database>,
        table: Arc<OpenTable>,
    ) -> Result<Self, RecordError> {
        check_name(&table.name, "the table")?;
        Ok(Self {
            statements: Statements::new(&database.options().keyspace, &table),
            table,
            database,
            running_appends: RwLock::default(),
        })
    }

    fn reader(&self) -> Result<TableReader<'_>, RecordError> {
        self.table.check_open()?;
        Ok(TableReader {
            database: &self.database,
            table: &self.table,
            statements: &self.statements,
        })
    }

    /// Runs a statement that changes or empties the whole table.
    async fn change_table(&self, operation: &'static str, cql: &str) -> Result<(), RecordError> {
        self.table.check_open()?;
        let session = self.database.session()?;
        match change_schema(session.get_session(), cql).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.database.explain(operation, &self.table, error).await),
        }
    }

    /// Runs a conditional statement on one record; returns whether the condition was met.
    async fn change_record(
        &self,
        operation: &'static str,
        cql: &str,
        values: impl SerializeRow,
    ) -> Result<bool, RecordError> {
        self.table.check_open()?;
        let session = self.database.session()?;
        match session.execute_unpaged(Statement::new(cql), values).await {
            Ok(answer) => {
                let answer = answer.into_rows_result().ok();
                let row = answer.and_then(|rows| rows.first_row::<Row>().ok());
                let applied = row.and_then(|row| row.columns.into_iter().next());
                Ok(applied == Some(Some(CqlValue::Boolean(true))))
            }
            Err(error) => Err(self.database.explain(operation, &self.table, error).await),
        }
    }
}

#[async_trait]
impl RecordManager for CassandraRecordManager {
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.table.capabilities();
        capabilities.appends_across_sequences = false;
        capabilities
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        let _running = self.running_appends.read().await;
        let reader = self.reader()?;
        if items.is_empty() {
            return Ok(Appended::default());
        }
        self.table.check(&items)?;
        append::append(&reader, &items).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_query(&query)?;
        self.reader()?.items(&query).await
    }

    async fn records(&self, _: RecordId, _: usize) -> Result<Vec<Record>, RecordError> {
        Err(RecordError::unsupported(BY_RECORD_ID))
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        Err(RecordError::unsupported(BY_RECORD_ID))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.reader()?.sequence_ids(after, limit).await
    }
}

#[async_trait]
impl BulkRead for CassandraRecordManager {
    async fn items_at(
        &self,
        position: Position,
        sequence_ids: Vec<Uuid>,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_position(position)?;
        let reader = self.reader()?;
        if sequence_ids.is_empty() {
            return Ok(Vec::new());
        }
        reader.items_at(position, sequence_ids).await
    }

    async fn last_positions(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Position)>, RecordError> {
        self.reader()?.last_positions(after, limit).await
    }
}

#[async_trait]
impl TableAdministration for CassandraRecordManager {
    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    async fn setup(&self) -> Result<(), RecordError> {
        self.table.check_open()?;
        schema::setup(&self.database, &self.table).await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.change_table("drop the table", &self.statements.drop)
            .await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.change_table("truncate the table", &self.statements.truncate)
            .await
    }

    /// Deletes by a conditional statement, as the item was inserted by one. The write time of a
    /// plain deletion is that of a clock, which may be before that of the insertion.
    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let values = (sequence_id, position_value(position));
        self.change_record("delete a record", &self.statements.delete, values)
            .await
    }

    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        self.table.check_position(item.position)?;
        let position = position_value(item.position);
        let values = (item.topic.as_str(), &*item.data, item.sequence_id, position);
        self.change_record("replace a record", &self.statements.replace, values)
            .await
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.table.close();
        drop(self.running_appends.write().await);
        Ok(())
    }
}
