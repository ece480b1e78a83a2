use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::group_commit::GroupCommit;
use es_core::infrastructure::{
    Alarm, Appended, Capabilities, ItemQuery, Position, Record, RecordId, RecordManager,
    SequencedItem, Table, WakeUp,
};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Value};
use uuid::Uuid;

use crate::database::Database;
use crate::durable::Durable;
use crate::form::Form;
use crate::migrations;
use crate::reader::TableReader;
use crate::rows::{IdForm, position_value};
use crate::statements::Statements;
use crate::writer::MysqlWriter;

/// One table of a database.
pub struct MysqlRecordManager {
    table: Table,
    statements: Arc<Statements>,
    database: Arc<Database>,
    form: Arc<Form>,
    alarm: Arc<Alarm>,
    durable: Arc<Durable>,
    writer: GroupCommit,
    closed: AtomicBool,
}

impl MysqlRecordManager {
    pub(crate) fn open(database: Arc<Database>, table: Table) -> Self {
        let statements = Arc::new(Statements::of(&table));
        let (form, alarm) = (Arc::<Form>::default(), Arc::<Alarm>::default());
        let durable = Arc::<Durable>::default();
        let writer = MysqlWriter::new(
            database.clone(),
            table.clone(),
            statements.clone(),
            form.clone(),
            alarm.clone(),
            durable.clone(),
        );
        Self {
            table,
            statements,
            database,
            form,
            alarm,
            durable,
            writer: GroupCommit::on_runtime(writer),
            closed: AtomicBool::new(false),
        }
    }

    /// Brings a table that is there, made by an older version of this library or by Python's, to the newest version;
    /// says which that is. Doing it again changes nothing. From version 2 on, texts may be as long as they like.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where there is no such table, or it has another shape.
    pub async fn migrate(&self) -> Result<usize, RecordError> {
        self.check_open()?;
        self.forget();
        let mut connection = self.database.connection("migrate the table").await?;
        migrations::migrate(&mut connection, &self.table, self.database.patience()).await
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn check_open(&self) -> Result<(), RecordError> {
        if self.is_closed() {
            Err(RecordError::Closed)
        } else {
            Ok(())
        }
    }

    fn reader(&self) -> Result<TableReader<'_>, RecordError> {
        self.check_open()?;
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

    /// What was known of the table is so no more.
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
        self.check_open()?;
        let mut connection = self.database.connection(operation).await?;
        let written: Result<u64, Error> = async {
            connection.exec_drop(sql, parameters).await?;
            Ok(connection.affected_rows())
        }
        .await;
        match written {
            Ok(rows) => Ok(rows),
            Err(error) => {
                // The check needs a connection of the pool, which may have this one only.
                drop(connection);
                Err(self.database.explain(operation, &self.table, error).await)
            }
        }
    }
}

#[async_trait]
impl RecordManager for MysqlRecordManager {
    fn capabilities(&self) -> Capabilities {
        self.table.capabilities()
    }

    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    fn wake_up(&self) -> WakeUp {
        self.alarm.wake_up()
    }

    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError> {
        self.check_open()?;
        self.table.check(&items)?;
        self.writer.append(items).await
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

    async fn setup(&self) -> Result<(), RecordError> {
        self.check_open()?;
        self.forget();
        let mut connection = self.database.connection("set the table up").await?;
        migrations::setup(&mut connection, &self.table, self.database.patience()).await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.forget();
        self.write("drop the table", &self.statements.drop, Vec::new())
            .await?;
        Ok(())
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.durable.forget();
        self.write("truncate the table", &self.statements.truncate, Vec::new())
            .await?;
        Ok(())
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.check_open()?;
        let id = self.id_form().await?.value(sequence_id);
        let key = vec![id, position_value(position).into()];
        let deleted = self
            .write("delete a record", &self.statements.delete, key)
            .await?;
        Ok(deleted > 0)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.closed.store(true, Ordering::Release);
        self.writer.close().await;
        Ok(())
    }
}
