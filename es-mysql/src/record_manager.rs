use std::sync::Arc;

use async_trait::async_trait;
use es_sql::position_number;
use es_store::kit::{GroupCommit, OpenTable};
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Notifier, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration, TimeOrdered, TimePlace, WakeUp,
};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Value};
use uuid::Uuid;

use crate::database::Database;
use crate::durable::Durable;
use crate::form::Form;
use crate::migrations;
use crate::reader::TableReader;
use crate::rows::IdForm;
use crate::statements::Statements;
use crate::writer::MysqlWriter;

/// One table of a database.
pub struct MysqlRecordManager {
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    database: Arc<Database>,
    form: Arc<Form>,
    notifier: Arc<Notifier>,
    durable: Arc<Durable>,
    writer: GroupCommit,
}

impl MysqlRecordManager {
    pub(crate) fn open(database: Arc<Database>, table: Arc<OpenTable>) -> Self {
        let statements = Arc::new(Statements::of(&table));
        let (form, notifier) = (Arc::<Form>::default(), Arc::<Notifier>::default());
        let durable = Arc::<Durable>::default();
        let writer = MysqlWriter::new(
            database.clone(),
            table.clone(),
            statements.clone(),
            form.clone(),
            notifier.clone(),
            durable.clone(),
        );
        Self {
            table,
            statements,
            database,
            form,
            notifier,
            durable,
            writer: GroupCommit::on_runtime(writer),
        }
    }

    /// Brings a table that is there, made by an older version of this library or by Python's, to the newest version;
    /// says which that is. Doing it again changes nothing. From version 2 on, texts may be as long as they like.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where there is no such table, or it has another shape.
    pub async fn migrate(&self) -> Result<usize, RecordError> {
        self.table.check_open()?;
        let mut connection = self.database.connection("migrate the table").await?;
        let timeout = self.database.timeout();
        let migrated = migrations::migrate(&mut connection, &self.table, timeout).await;
        self.forget();
        connection.keep_if_ok(migrated)
    }

    fn reader(&self) -> Result<TableReader<'_>, RecordError> {
        self.table.check_open()?;
        Ok(TableReader {
            database: &self.database,
            table: &self.table,
            statements: &self.statements,
        })
    }

    async fn id_form(&self) -> Result<IdForm, RecordError> {
        self.form.of(&self.database, &self.table).await
    }

    async fn wait_until_durable(&self, id: RecordId) -> Result<(), RecordError> {
        let Self {
            durable,
            database,
            table,
            ..
        } = self;
        durable.wait_for(id, database, table).await
    }

    /// What was known of the table is so no more. Called after what changes it: whoever looks meanwhile sees it as it was.
    fn forget(&self) {
        self.form.forget();
        self.durable.forget();
    }

    /// Runs a statement by itself; says how many rows it changed.
    async fn write(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Vec<Value>,
    ) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let mut connection = self.database.connection(operation).await?;
        let written: Result<u64, Error> = async {
            connection.exec_drop(sql, parameters).await?;
            Ok(connection.affected_rows())
        }
        .await;
        // Where it failed, the check needs a connection of the pool, which may have this one only.
        match connection.keep_if_ok(written) {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.database.explain(operation, &self.table, error).await),
        }
    }
}

#[async_trait]
impl RecordManager for MysqlRecordManager {
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
        self.writer.append(items.into()).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_query(&query)?;
        let reader = self.reader()?;
        reader.items(&query, self.id_form().await?).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.table.check_ids("records")?;
        let records = self.reader()?.records(after, limit).await?;
        if let Some(last) = records.last() {
            self.wait_until_durable(last.id).await?;
        }
        Ok(records)
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.table.check_ids("max_record_id")?;
        let max = self.reader()?.max_record_id().await?;
        self.wait_until_durable(max).await?;
        Ok(max)
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let reader = self.reader()?;
        reader
            .sequence_ids(after, limit, self.id_form().await?)
            .await
    }
}

#[async_trait]
impl TableAdministration for MysqlRecordManager {
    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    async fn setup(&self) -> Result<(), RecordError> {
        self.table.check_open()?;
        let mut connection = self.database.connection("set the table up").await?;
        let timeout = self.database.timeout();
        let set_up = migrations::setup(&mut connection, &self.table, timeout).await;
        self.forget();
        connection.keep_if_ok(set_up)
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        let dropped = self
            .write("drop the table", &self.statements.drop, Vec::new())
            .await;
        self.forget();
        dropped.map(|_rows| ())
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        let truncated = self
            .write("truncate the table", &self.statements.truncate, Vec::new())
            .await;
        self.durable.forget();
        truncated.map(|_rows| ())
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.table.check_open()?;
        let id = self.id_form().await?.value(sequence_id);
        let key = vec![id, position_number(&self.table, position)?.into()];
        let deleted = self
            .write("delete a record", &self.statements.delete, key)
            .await?;
        Ok(deleted > 0)
    }

    fn notify_followers(&self) {
        self.notifier.notify();
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.table.close();
        self.writer.close().await;
        Ok(())
    }
}

#[async_trait]
impl TimeOrdered for MysqlRecordManager {
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_times("items_by_time")?;
        let reader = self.reader()?;
        reader
            .items_by_time(after, limit, self.id_form().await?)
            .await
    }
}
