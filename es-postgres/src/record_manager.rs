use std::sync::Arc;

use async_trait::async_trait;
use es_sql::position_number;
use es_store::kit::{GroupCommit, OpenTable};
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration, TimeOrdered, TimePlace, WakeUp,
};
use uuid::Uuid;

use crate::database::Database;
use crate::migrations;
use crate::reader::{Parameters, TableReader};
use crate::statements::Statements;
use crate::wake_up::Followers;
use crate::writer::PostgresWriter;

/// One table of a database.
pub struct PostgresRecordManager {
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    database: Arc<Database>,
    followers: Arc<Followers>,
    writer: GroupCommit,
}

impl PostgresRecordManager {
    pub(crate) fn open(database: Arc<Database>, table: Arc<OpenTable>) -> Self {
        let statements = Arc::new(Statements::of(&table));
        let followers = Arc::new(Followers::new(database.clone(), statements.channel.clone()));
        let writer = PostgresWriter::new(
            database.clone(),
            table.clone(),
            statements.clone(),
            followers.clone(),
        );
        Self {
            table,
            statements,
            database,
            followers,
            writer: GroupCommit::on_runtime(writer),
        }
    }

    /// Brings a table that is there, made by an older version of this library or by Python's, to the newest version;
    /// says which that is. Doing it again changes nothing.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where there is no such table, or it has another shape.
    pub async fn migrate(&self) -> Result<usize, RecordError> {
        self.table.check_open()?;
        let client = self.database.client("migrate the table").await?;
        migrations::migrate(&client, &self.table).await
    }

    fn reader(&self) -> Result<TableReader<'_>, RecordError> {
        self.table.check_open()?;
        Ok(TableReader {
            database: &self.database,
            table: &self.table,
            statements: &self.statements,
        })
    }

    /// Runs a statement by itself; says how many rows it changed.
    async fn write(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let client = self.database.client(operation).await?;
        match client.execute(sql, parameters).await {
            Ok(rows) => Ok(rows),
            Err(error) => {
                // The check needs a connection of the pool, which may have this one only.
                drop(client);
                Err(self.database.explain(operation, &self.table, error).await)
            }
        }
    }
}

#[async_trait]
impl RecordManager for PostgresRecordManager {
    fn capabilities(&self) -> Capabilities {
        self.table.capabilities()
    }

    fn time_ordered(&self) -> Option<&dyn TimeOrdered> {
        Some(self)
    }

    fn wake_up(&self) -> WakeUp {
        self.followers.wake_up()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.table.check_open()?;
        self.table.check(&items)?;
        self.writer.append(items.into()).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_query(&query)?;
        self.reader()?.items(&query).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.table.check_ids("records")?;
        self.reader()?.records(after, limit).await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.table.check_ids("max_record_id")?;
        self.reader()?.max_record_id().await
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
impl TableAdministration for PostgresRecordManager {
    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    async fn setup(&self) -> Result<(), RecordError> {
        self.table.check_open()?;
        let client = self.database.client("set the table up").await?;
        migrations::setup(&client, &self.table).await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.write("drop the table", &self.statements.drop, &[])
            .await?;
        Ok(())
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.write("truncate the table", &self.statements.truncate, &[])
            .await?;
        Ok(())
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let key = position_number(&self.table, position)?;
        let deleted = self
            .write(
                "delete a record",
                &self.statements.delete,
                &[&sequence_id, &key],
            )
            .await?;
        Ok(deleted > 0)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.table.close();
        self.writer.close().await;
        self.followers.close();
        Ok(())
    }
}

#[async_trait]
impl TimeOrdered for PostgresRecordManager {
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_times("items_by_time")?;
        self.reader()?.items_by_time(after, limit).await
    }
}
