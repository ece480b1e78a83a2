//! A store in a `Vec`, which implements the two traits of a record manager.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use es::RecordId;
use es::store::{
    Append, Appended, Capabilities, ItemQuery, Order, Record, RecordError, RecordManager,
    SequencedItem, Table, TableAdministration,
};
use uuid::Uuid;

/// A list of events. The record id of an event is its index plus 1; a closed store has no list.
pub(crate) struct ListStore(Mutex<Option<Vec<SequencedItem>>>);

impl ListStore {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&mut Vec<SequencedItem>) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(events.as_mut().ok_or(RecordError::Closed)?)
    }
}

#[async_trait]
impl RecordManager for ListStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::full()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        Table::stored_events().check(&items)?;
        self.with(|events| {
            for (n, item) in items.iter().enumerate() {
                let (sequence_id, position) = (item.sequence_id, item.position);
                let mut before = events.iter().chain(&items[..n]);
                if before
                    .any(|other| (other.sequence_id, other.position) == (sequence_id, position))
                {
                    return Err(RecordError::Conflict {
                        sequence_id,
                        position,
                    });
                }
            }
            let appended = Appended::with_ids(RecordId::new(events.len() as u64 + 1), items.len());
            events.extend(items);
            Ok(appended)
        })
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.with(|events| {
            let wanted = |item: &&SequencedItem| {
                item.sequence_id == query.sequence_id && query.contains(item.position)
            };
            let mut items: Vec<_> = events.iter().filter(wanted).cloned().collect();
            items.sort_by_key(|item| item.position);
            if query.order == Order::Descending {
                items.reverse();
            }
            items.truncate(query.limit.unwrap_or(usize::MAX));
            Ok(items)
        })
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.with(|events| {
            let records = (1..).map(RecordId::new).zip(events.iter().cloned());
            let records = records.map(|(id, item)| Record { id, item });
            Ok(records
                .filter(|record| record.id > after)
                .take(limit)
                .collect())
        })
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.with(|events| Ok(RecordId::new(events.len() as u64)))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.with(|events| {
            let ids: BTreeSet<Uuid> = events.iter().map(|item| item.sequence_id).collect();
            let behind = ids.range((after.map_or(Unbounded, Excluded), Unbounded));
            Ok(behind.take(limit).copied().collect())
        })
    }
}

#[async_trait]
impl TableAdministration for ListStore {
    async fn close(&self) -> Result<(), RecordError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}
