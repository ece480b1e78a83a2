//! The rows of a table in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Range};

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

use crate::error::RecordError;
use crate::item_query::{ItemQuery, Order};
use crate::position::Position;
use crate::record_id::RecordId;
use crate::sequenced_item::{Record, SequencedItem};
use crate::time_cursor::TimeCursor;

/// The rows of one table.
///
/// Invariants:
/// 1. `items[n]` is the record with id n + 1, or `None` if it was deleted; the last one is never
///    `None`.
/// 2. The entries of a sequence are sorted by position, each with its index in `items`; no sequence
///    is without entries.
/// 3. `sequence_ids` holds the keys of `sequences`.
#[derive(Default)]
pub(super) struct Rows {
    items: Vec<Option<SequencedItem>>,
    sequences: HashMap<Uuid, Vec<(Position, usize)>>,
    sequence_ids: BTreeSet<Uuid>,
    /// The indexes of items with times as positions.
    times: BTreeMap<TimeCursor, usize>,
    closed: bool,
}

impl Rows {
    /// Creates the rows of a closed table.
    pub(super) fn closed() -> Self {
        Self {
            closed: true,
            ..Self::default()
        }
    }

    /// Returns whether the table is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn append(&mut self, items: Vec<SequencedItem>) -> Result<RecordId, RecordError> {
        self.check_free(&items)?;
        let first = self.items.len();
        for (index, item) in (first..).zip(&items) {
            self.times
                .extend(TimeCursor::from_item(item).map(|cursor| (cursor, index)));
            self.insert(item.sequence_id, item.position, index);
        }
        self.items.extend(items.into_iter().map(Some));
        Ok(RecordId::new(first as u64 + 1))
    }

    /// Returns the greatest record id; 0 if there is no item.
    pub(super) fn max_id(&self) -> u64 {
        self.items.len() as u64
    }

    /// Returns at most `limit` ids of sequences from `lower` on, in their order.
    pub(super) fn sequence_ids(&self, lower: Bound<Uuid>, limit: usize) -> Vec<Uuid> {
        let ids = self.sequence_ids.range((lower, Bound::Unbounded));
        ids.take(limit).copied().collect()
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

    fn insert(&mut self, sequence_id: Uuid, position: Position, index: usize) {
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

    pub(super) fn items(&self, query: &ItemQuery) -> Vec<SequencedItem> {
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

    pub(super) fn items_by_time(
        &self,
        after: Option<TimeCursor>,
        limit: usize,
    ) -> Vec<SequencedItem> {
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let indexes = self.times.range((lower, Bound::Unbounded)).take(limit);
        indexes
            .filter_map(|(_, index)| self.items[*index].clone())
            .collect()
    }

    pub(super) fn records(&self, after: RecordId, limit: usize) -> Vec<Record> {
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

    pub(super) fn replace(&mut self, item: SequencedItem) -> bool {
        let index = self.index(item.sequence_id, item.position);
        let slot = index.and_then(|index| self.items.get_mut(index));
        slot.map(|slot| *slot = Some(item)).is_some()
    }

    pub(super) fn delete(&mut self, sequence_id: Uuid, position: Position) -> bool {
        let Some(index) = self.index(sequence_id, position) else {
            return false;
        };
        if let Some(cursor) = self.items[index]
            .take()
            .as_ref()
            .and_then(TimeCursor::from_item)
        {
            self.times.remove(&cursor);
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

/// Returns the range of entries within the query's bounds; empty if the bounds exclude each other.
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
