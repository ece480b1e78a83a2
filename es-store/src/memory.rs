//! The store in memory: for tests, prototypes and caches. It keeps the whole contract but durability.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

use crate::administration::TableAdministration;
use crate::append::Append;
use crate::appended::Appended;
use crate::capabilities::Capabilities;
use crate::datastore::Datastore;
use crate::driver::Driver;
use crate::error::RecordError;
use crate::item_query::{ItemQuery, Order};
use crate::position::Position;
use crate::record_id::RecordId;
use crate::record_manager::RecordManager;
use crate::sequenced_item::{Record, SequencedItem};
use crate::table::Table;
use crate::time_ordered::TimeOrdered;
use crate::time_place::TimePlace;
use crate::wake_up::{Notifier, WakeUp};

inventory::submit! {
    Driver::new(&["memory"], |_| {
        Box::pin(async { Ok(Arc::new(MemoryDatastore::new()) as Arc<dyn Datastore>) })
    })
}

/// A database in memory: its tables live as long as it does. The URI `memory:` opens a new one.
#[derive(Default)]
pub struct MemoryDatastore {
    tables: Mutex<HashMap<String, Arc<MemoryRecordManager>>>,
}

impl MemoryDatastore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Datastore for MemoryDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let mut tables = lock(&self.tables);
        let manager = tables
            .entry(table.name.clone().into_owned())
            .or_insert_with(|| Arc::new(MemoryRecordManager::new(table.clone())));
        manager.table.check_same(&table)?;
        Ok(manager.clone())
    }

    async fn close(&self) -> Result<(), RecordError> {
        lock(&self.tables)
            .values()
            .for_each(|manager| manager.end());
        Ok(())
    }
}

/// One table in memory.
pub struct MemoryRecordManager {
    table: Table,
    rows: Mutex<Rows>,
    notifier: Notifier,
}

impl MemoryRecordManager {
    /// An empty one, of a datastore of its own.
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self {
            table,
            rows: Mutex::default(),
            notifier: Notifier::default(),
        }
    }

    fn rows(&self) -> Result<MutexGuard<'_, Rows>, RecordError> {
        let rows = lock(&self.rows);
        if rows.closed {
            Err(RecordError::Closed)
        } else {
            Ok(rows)
        }
    }

    fn rows_with_ids(&self, operation: &'static str) -> Result<MutexGuard<'_, Rows>, RecordError> {
        self.table.check_ids(operation)?;
        self.rows()
    }

    fn end(&self) {
        *lock(&self.rows) = Rows {
            closed: true,
            ..Rows::default()
        };
    }
}

/// A panic elsewhere cannot leave rows half-written: appends are checked first and extend them once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        Ok(RecordId::new(rows.items.len() as u64))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows()?;
        let ids = rows.sequence_ids.range((lower, Bound::Unbounded));
        Ok(ids.take(limit).copied().collect())
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
        self.end();
        Ok(())
    }
}

#[async_trait]
impl TimeOrdered for MemoryRecordManager {
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        self.table.check_times("items_by_time")?;
        Ok(self.rows()?.items_by_time(after, limit))
    }
}

/// Invariants:
/// 1. `items[n]` is the record with the id n + 1, `None` where it was deleted; the last one is never `None`.
/// 2. A sequence's entries are in the order of their positions, each with its index in `items`; there is at least one.
/// 3. `sequence_ids` holds the keys of `sequences`.
#[derive(Default)]
struct Rows {
    items: Vec<Option<SequencedItem>>,
    sequences: HashMap<Uuid, Vec<(Position, usize)>>,
    sequence_ids: BTreeSet<Uuid>,
    /// Where the items stand whose positions are times.
    times: BTreeMap<TimePlace, usize>,
    closed: bool,
}

impl Rows {
    fn append(&mut self, items: Vec<SequencedItem>) -> Result<RecordId, RecordError> {
        self.check_free(&items)?;
        let first = self.items.len();
        for (index, item) in (first..).zip(&items) {
            self.times
                .extend(TimePlace::from_item(item).map(|place| (place, index)));
            self.enter(item.sequence_id, item.position, index);
        }
        self.items.extend(items.into_iter().map(Some));
        Ok(RecordId::new(first as u64 + 1))
    }

    fn check_free(&self, items: &[SequencedItem]) -> Result<(), RecordError> {
        let mut claimed = HashSet::new();
        for item in items {
            let key = (item.sequence_id, item.position);
            let twice = items.len() > 1 && !claimed.insert(key);
            if twice || self.index(key.0, key.1).is_some() {
                return Err(RecordError::Conflict {
                    sequence_id: key.0,
                    position: key.1,
                });
            }
        }
        Ok(())
    }

    fn enter(&mut self, sequence_id: Uuid, position: Position, index: usize) {
        match self.sequences.entry(sequence_id) {
            Entry::Occupied(mut entry) => {
                let entries = entry.get_mut();
                match entries.last() {
                    Some((last, _)) if *last < position => entries.push((position, index)),
                    _ => {
                        let at = entries.partition_point(|(other, _)| *other < position);
                        entries.insert(at, (position, index));
                    }
                }
            }
            Entry::Vacant(entry) => {
                entry.insert(vec![(position, index)]);
                self.sequence_ids.insert(sequence_id);
            }
        }
    }

    fn index(&self, sequence_id: Uuid, position: Position) -> Option<usize> {
        let entries = self.sequences.get(&sequence_id)?;
        if entries.last()?.0 < position {
            return None;
        }
        let at = entries.binary_search_by_key(&position, |(other, _)| *other);
        Some(entries[at.ok()?].1)
    }

    fn items(&self, query: &ItemQuery) -> Vec<SequencedItem> {
        let Some(entries) = self.sequences.get(&query.sequence_id) else {
            return Vec::new();
        };
        let range = range(entries, query);
        let len = query.limit.unwrap_or(usize::MAX).min(range.len());
        let item = |(_, index): &(Position, usize)| self.items[*index].clone();
        match query.order {
            Order::Ascending => entries[range].iter().take(len).filter_map(item).collect(),
            Order::Descending => entries[range]
                .iter()
                .rev()
                .take(len)
                .filter_map(item)
                .collect(),
        }
    }

    fn items_by_time(&self, after: Option<TimePlace>, limit: usize) -> Vec<SequencedItem> {
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let indexes = self.times.range((lower, Bound::Unbounded)).take(limit);
        indexes
            .filter_map(|(_, index)| self.items[*index].clone())
            .collect()
    }

    fn records(&self, after: RecordId, limit: usize) -> Vec<Record> {
        let after = usize::try_from(after.get()).unwrap_or(usize::MAX);
        let Some(items) = self.items.get(after..) else {
            return Vec::new();
        };
        let record = |(id, item): (u64, &Option<SequencedItem>)| {
            item.clone().map(|item| Record {
                id: RecordId::new(id),
                item,
            })
        };
        (after as u64 + 1..)
            .zip(items)
            .filter_map(record)
            .take(limit)
            .collect()
    }

    fn replace(&mut self, item: SequencedItem) -> bool {
        let index = self.index(item.sequence_id, item.position);
        let place = index.and_then(|index| self.items.get_mut(index));
        place.map(|place| *place = Some(item)).is_some()
    }

    fn delete(&mut self, sequence_id: Uuid, position: Position) -> bool {
        let Some(index) = self.index(sequence_id, position) else {
            return false;
        };
        if let Some(place) = self.items[index]
            .take()
            .as_ref()
            .and_then(TimePlace::from_item)
        {
            self.times.remove(&place);
        }
        while let Some(None) = self.items.last() {
            self.items.pop();
        }
        if let Entry::Occupied(mut entry) = self.sequences.entry(sequence_id) {
            entry.get_mut().retain(|(other, _)| *other != position);
            if entry.get().is_empty() {
                entry.remove();
                self.sequence_ids.remove(&sequence_id);
            }
        }
        true
    }
}

/// Where the positions between the query's bounds stand; empty where the bounds exclude each other.
fn range(entries: &[(Position, usize)], query: &ItemQuery) -> Range<usize> {
    let start = match query.lower {
        Bound::Included(lower) => entries.partition_point(|(position, _)| *position < lower),
        Bound::Excluded(lower) => entries.partition_point(|(position, _)| *position <= lower),
        Bound::Unbounded => 0,
    };
    let end = match query.upper {
        Bound::Included(upper) => entries.partition_point(|(position, _)| *position <= upper),
        Bound::Excluded(upper) => entries.partition_point(|(position, _)| *position < upper),
        Bound::Unbounded => entries.len(),
    };
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_opening_of_the_uri_is_a_new_database() {
        let table = Table::stored_events;
        let one = Driver::open("memory:").await.expect("opened");
        let two = Driver::open("memory:").await.expect("opened");
        let item = SequencedItem {
            sequence_id: Uuid::nil(),
            position: Position::Integer(0),
            topic: crate::topic::Topic::new("T"),
            data: "{}".into(),
        };
        for database in [&one, &two] {
            let store = database.record_manager(table()).await.expect("opened");
            assert!(store.append(vec![item.clone()].into()).await.is_ok());
        }
        let again = one.record_manager(table()).await.expect("opened");
        assert_eq!(again.max_record_id().await.expect("read"), RecordId::new(1));
    }
}
