//! The store trait.

use std::ops::Bound;

use async_trait::async_trait;
use uuid::Uuid;

use super::{Position, Record, RecordId, SequencedItem, Table, TimePlace, WakeUp};
use crate::error::RecordError;

/// Appends and reads sequenced items of one table, as bytes.
///
/// A store implements this, keeps the contract below, and runs the suite of `es-testing` (feature `store`) that checks
/// it. Everything above (mapping, paging, streams, replay) is written once, over `Arc<dyn RecordManager>`.
///
/// # Contract
///
/// 1. An append is all or nothing, whatever happens in the middle.
/// 2. Where an item's position in its sequence is taken, by a stored item or by one earlier in the same list, the append
///    is a [`RecordError::Conflict`] and writes nothing. The database's constraint decides, never a look beforehand.
/// 3. `Ok` means durable: a reader that asks after it sees the items, and so does one after a crash.
/// 4. Record ids, where [`Capabilities::record_ids`] says that there are any, are 1, 2, 3 … with no hole, in the order in
///    which appends became visible, and the ids of one append are consecutive. Who has seen id *n* has all below *n*
///    to see.
/// 5. Where the store cannot tell whether an append was kept, it reads back what is there; only if that is impossible
///    does it answer [`RecordError::Unknown`].
/// 6. Reading gives the stored text unchanged, and answers with at most as many items as asked.
/// 7. A caller that drops the future of an append leaves either the whole append or nothing.
#[async_trait]
pub trait RecordManager: Send + Sync + 'static {
    /// What this store can do.
    fn capabilities(&self) -> Capabilities;

    /// The table it keeps, of a store that has tables.
    fn table(&self) -> Option<&Table> {
        None
    }

    /// Tells a follower when to look for new records. A store that cannot know lets its followers look from time to
    /// time.
    fn wake_up(&self) -> WakeUp {
        WakeUp::by_polling()
    }

    /// Appends all items, or none. An empty list is nothing to do.
    ///
    /// # Errors
    ///
    /// [`RecordError::Conflict`] where a position is taken; the others say whether it is worth trying again.
    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError>;

    /// Items of one sequence, in the order asked for.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] where a bound is of another kind than the positions of the table.
    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError>;

    /// Items of all sequences behind a place, in the order of their times and then of the bytes of their sequences' ids,
    /// `limit` at most; from the first for `None`.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] where the positions are no times, or the store cannot look for them.
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let _ = (after, limit);
        Err(RecordError::unsupported("items_by_time"))
    }

    /// Records with an id above `after`, ascending, `limit` at most.
    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError>;

    /// The greatest record id, or 0 where there is none.
    async fn max_record_id(&self) -> Result<RecordId, RecordError>;

    /// Ids of sequences behind `after`, each once, in the order that [`Capabilities::sequence_ids`] says, `limit` at most.
    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError>;

    /// Makes the table where it is absent; where it is there, checks that its shape fits and leaves it alone.
    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// Drops the table and all it holds.
    async fn drop_table(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("drop_table"))
    }

    /// Removes all items. Record ids start at 1 again.
    async fn truncate(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("truncate"))
    }

    /// Removes one item; says whether there was one. This leaves holes, in the sequence and among the record ids.
    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let _ = (sequence_id, position);
        Err(RecordError::unsupported("delete_record"))
    }

    /// Finishes what was accepted, answers everyone, and releases what the store holds. Calls after it are
    /// [`RecordError::Closed`]. Closing twice is no error.
    async fn close(&self) -> Result<(), RecordError> {
        Ok(())
    }
}

/// What a store can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether there is an application sequence, and what is promised of it.
    pub record_ids: RecordIds,
    /// Whether one append may hold items of several sequences.
    pub lists_across_sequences: bool,
    /// The largest data of one item, in bytes, where the store knows a limit.
    pub max_data_bytes: Option<usize>,
    /// In which order the ids of sequences are read.
    pub sequence_ids: SequenceOrder,
}

impl Capabilities {
    /// Of a store that keeps the whole contract and knows no limits.
    #[must_use]
    pub const fn full() -> Self {
        Self {
            record_ids: RecordIds::Contiguous,
            lists_across_sequences: true,
            max_data_bytes: None,
            sequence_ids: SequenceOrder::Bytes,
        }
    }

    /// The same, of a table without record ids.
    #[must_use]
    pub const fn without_record_ids(mut self) -> Self {
        self.record_ids = RecordIds::None;
        self
    }
}

/// Whether a store has an application sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordIds {
    /// No: `records` and `max_record_id` are [`RecordError::Unsupported`].
    None,
    /// Yes: contiguous from 1, in commit order.
    Contiguous,
}

/// The order in which a store reads the ids of its sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SequenceOrder {
    /// Ascending by the bytes of the id.
    Bytes,
    /// One of the store's own, always the same: in Cassandra that of the token ring.
    Own,
}

/// What an append wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    first: Option<RecordId>,
    len: usize,
}

impl Appended {
    /// `len` items with consecutive ids from `first`.
    #[must_use]
    pub const fn with_ids(first: RecordId, len: usize) -> Self {
        Self {
            first: Some(first),
            len,
        }
    }

    /// `len` items in a store without record ids.
    #[must_use]
    pub const fn without_ids(len: usize) -> Self {
        Self { first: None, len }
    }

    /// What two appends wrote, one after the other. Only where their ids are consecutive does it hold them all; a store
    /// that others write to may have given ids in between, and then it holds those of the later one.
    #[must_use]
    pub(crate) fn and(self, later: Self) -> Self {
        match (self.last(), later.first) {
            (None, _) => Self {
                len: self.len + later.len,
                ..later
            },
            (Some(last), Some(next)) if last.get() + 1 == next.get() => Self {
                len: self.len + later.len,
                ..self
            },
            _ => later,
        }
    }

    /// The number of items written.
    #[must_use]
    pub const fn len(self) -> usize {
        self.len
    }

    /// Whether nothing was written, as there was nothing to write.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The record ids of the items, in their order; none where the store has none.
    pub fn record_ids(self) -> impl Iterator<Item = RecordId> {
        let len = self.first.map_or(0, |_| self.len as u64);
        let first = self.first.map_or(0, RecordId::get);
        (first..first + len).map(RecordId::new)
    }

    /// The record id of the last item written.
    #[must_use]
    pub fn last(self) -> Option<RecordId> {
        let after_first = (self.len as u64).checked_sub(1)?;
        self.first
            .map(|first| RecordId::new(first.get() + after_first))
    }
}

/// Which items of a sequence to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuery {
    /// The sequence.
    pub sequence_id: Uuid,
    /// The lowest position.
    pub lower: Bound<Position>,
    /// The highest position.
    pub upper: Bound<Position>,
    /// From which end; the limit counts from there.
    pub order: Order,
    /// How many at most.
    pub limit: Option<usize>,
}

impl ItemQuery {
    /// All items of a sequence, ascending.
    #[must_use]
    pub const fn new(sequence_id: Uuid) -> Self {
        Self {
            sequence_id,
            lower: Bound::Unbounded,
            upper: Bound::Unbounded,
            order: Order::Ascending,
            limit: None,
        }
    }

    /// Whether `position` lies within the bounds.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        std::ops::RangeBounds::contains(&(self.lower, self.upper), &position)
    }
}

/// The order in which items are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// From the lowest position up.
    #[default]
    Ascending,
    /// From the highest position down.
    Descending,
}
