//! A table in memory.

use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use uuid::Uuid;

use super::lock;
use super::rows::Rows;
use crate::administration::TableAdministration;
use crate::append::Append;
use crate::appended::Appended;
use crate::capabilities::Capabilities;
use crate::error::RecordError;
use crate::item_query::ItemQuery;
use crate::position::Position;
use crate::record_id::RecordId;
use crate::record_manager::RecordManager;
use crate::sequenced_item::{Record, SequencedItem};
use crate::table::Table;
use crate::time_cursor::TimeCursor;
use crate::time_ordered::TimeOrdered;
use crate::wake_up::{Notifier, WakeUp};

/// A table in memory.
pub struct MemoryRecordManager {
    table: Table,
    rows: Mutex<Rows>,
    notifier: Notifier,
}

impl MemoryRecordManager {
    /// Creates an empty table outside any [`MemoryDatastore`](crate::MemoryDatastore).
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self {
            table,
            rows: Mutex::default(),
            notifier: Notifier::default(),
        }
    }

    /// Checks that another table of the same name has the same shape.
    pub(super) fn check_same(&self, table: &Table) -> Result<(), RecordError> {
        self.table.check_same(table)
    }

    fn rows(&self) -> Result<MutexGuard<'_, Rows>, RecordError> {
        let rows = lock(&self.rows);
        if rows.is_closed() {
            Err(RecordError::Closed)
        } else {
            Ok(rows)
        }
    }

    fn rows_with_ids(&self, operation: &'static str) -> Result<MutexGuard<'_, Rows>, RecordError> {
        self.table.check_ids(operation)?;
        self.rows()
    }

    pub(super) fn shut_down(&self) {
        *lock(&self.rows) = Rows::closed();
    }
}

#[async_trait]
impl RecordManager for MemoryRecordManager {
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
        self.table.check(&items)?;
        let mut rows = self.rows()?;
        let len = items.len();
        let first = rows.append(items)?;
        drop(rows);
        self.notifier.notify();
        Ok(match self.table.record_id {
            Some(_) => Appended::with_ids(first, len),
            None => Appended::without_ids(len),
        })
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_query(&query)?;
        Ok(self.rows()?.items(&query))
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        Ok(self.rows_with_ids("records")?.records(after, limit))
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        let rows = self.rows_with_ids("max_record_id")?;
        Ok(RecordId::new(rows.max_id()))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows()?;
        Ok(rows.sequence_ids(lower, limit))
    }
}

#[async_trait]
impl TableAdministration for MemoryRecordManager {
    fn table(&self) -> Option<&Table> {
        Some(&self.table)
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.truncate().await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        *self.rows()? = Rows::default();
        Ok(())
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.table.check_position(position)?;
        Ok(self.rows()?.delete(sequence_id, position))
    }

    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        self.table.check_position(item.position)?;
        Ok(self.rows()?.replace(item))
    }

    fn notify_followers(&self) {
        self.notifier.notify();
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.shut_down();
        Ok(())
    }
}

#[async_trait]
impl TimeOrdered for MemoryRecordManager {
    async fn items_by_time(
        &self,
        after: Option<TimeCursor>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_times("items_by_time")?;
        Ok(self.rows()?.items_by_time(after, limit))
    }
}
