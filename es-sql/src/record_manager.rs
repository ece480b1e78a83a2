//! The record manager of a table in an SQL database, and the part of it that depends on the driver.

use es_store::Append;
use es_store::TableAdministration;
use es_store::TimeOrdered;
use std::sync::Arc;

use async_trait::async_trait;
use es_store::kit::OpenTable;
use es_store::{
    Appended, Capabilities, ItemQuery, Position, Record, RecordError, RecordId, RecordManager,
    SequencedItem, Table, TimeCursor, WakeUp,
};
use uuid::Uuid;

use crate::rows::{FromRow, MaxRecordId};
use crate::{TableChange, TableQuery};

/// The part of a record manager that depends on the driver. Callers have checked that the table is
/// in use and supports the operation.
pub trait TableDriver: Sized + Send + Sync + 'static {
    /// The database.
    type Database: Send + Sync + 'static;

    /// Opens a table and starts its writer.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the writer cannot be started.
    fn open(database: Arc<Self::Database>, table: Arc<OpenTable>) -> Result<Self, RecordError>;

    /// Returns the table.
    fn table(&self) -> &OpenTable;

    /// Returns the wake-up of a follower.
    fn wake_up(&self) -> WakeUp;

    /// Notifies the followers of this process of a commit.
    fn notify(&self);

    /// Appends items through the writer.
    fn append(
        &self,
        items: Vec<SequencedItem>,
    ) -> impl Future<Output = Result<Appended, RecordError>> + Send;

    /// Reads the table.
    fn read<T: FromRow>(
        &self,
        query: TableQuery,
    ) -> impl Future<Output = Result<Vec<T>, RecordError>> + Send;

    /// Changes the table; returns the number of items deleted by [`TableChange::Delete`].
    fn change(&self, change: TableChange) -> impl Future<Output = Result<u64, RecordError>> + Send;

    /// Creates the table if it is missing; checks it otherwise.
    fn setup(&self) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Waits until all records up to a visible one are durable, for a database that shows commits
    /// before they are.
    fn wait_until_durable(
        &self,
        id: RecordId,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = id;
        async { Ok(()) }
    }

    /// Stops the writer, after it has answered the appends that it accepted.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// The record manager of one table of an SQL database.
pub struct SqlRecordManager<T> {
    driver: T,
}

impl<T: TableDriver> SqlRecordManager<T> {
    pub(crate) fn open(
        database: Arc<T::Database>,
        table: Arc<OpenTable>,
    ) -> Result<Self, RecordError> {
        let driver = T::open(database, table)?;
        Ok(Self { driver })
    }

    /// Returns the driver's part, if the table is in use.
    pub(crate) fn driver(&self) -> Result<&T, RecordError> {
        self.driver.table().check_open()?;
        Ok(&self.driver)
    }
}

#[async_trait]
impl<T: TableDriver> RecordManager for SqlRecordManager<T> {
    fn capabilities(&self) -> Capabilities {
        self.driver.table().capabilities()
    }

    fn time_ordered(&self) -> Option<&dyn TimeOrdered> {
        Some(self)
    }

    fn wake_up(&self) -> WakeUp {
        self.driver.wake_up()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        let driver = self.driver()?;
        driver.table().check(&items)?;
        driver.append(items).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.driver.table().check_query(&query)?;
        self.driver()?.read(TableQuery::Items(query)).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.driver.table().check_ids("records")?;
        let query = TableQuery::Records(after, limit);
        let records: Vec<Record> = self.driver()?.read(query).await?;
        if let Some(last) = records.last() {
            self.driver.wait_until_durable(last.id).await?;
        }
        Ok(records)
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.driver.table().check_ids("max_record_id")?;
        let rows: Vec<MaxRecordId> = self.driver()?.read(TableQuery::MaxRecordId).await?;
        let max = MaxRecordId::only(self.driver.table(), &rows)?;
        self.driver.wait_until_durable(max).await?;
        Ok(max)
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let query = TableQuery::SequenceIds(after, limit);
        self.driver()?.read(query).await
    }
}

#[async_trait]
impl<T: TableDriver> TableAdministration for SqlRecordManager<T> {
    fn table(&self) -> Option<&Table> {
        Some(self.driver.table())
    }

    fn notify_followers(&self) {
        self.driver.notify();
    }

    async fn setup(&self) -> Result<(), RecordError> {
        self.driver()?.setup().await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.driver()?.change(TableChange::Drop).await.map(drop)
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.driver()?.change(TableChange::Truncate).await.map(drop)
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let delete = TableChange::Delete(sequence_id, position);
        Ok(self.driver()?.change(delete).await? > 0)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.driver.table().close();
        self.driver.close().await;
        Ok(())
    }
}

#[async_trait]
impl<T: TableDriver> TimeOrdered for SqlRecordManager<T> {
    async fn items_by_time(
        &self,
        after: Option<TimeCursor>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.driver.table().check_times("items_by_time")?;
        let query = TableQuery::ItemsByTime(after, limit);
        self.driver()?.read(query).await
    }
}
