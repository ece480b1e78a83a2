//! The store trait.

use std::ops::Range;

use async_trait::async_trait;
use uuid::Uuid;

use crate::error::RecordError;
use crate::item_query::ItemQuery;
use crate::position::{Position, RecordId};
use crate::sequenced_item::{Record, SequencedItem};
use crate::table::Table;
use crate::time_place::TimePlace;
use crate::wake_up::WakeUp;

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
/// 6. Reading gives the stored text unchanged, and answers with as many items as asked for, or with all that there are: an
///    answer that is shorter says that there are no more.
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

    /// Tells the followers of this process that items were committed which did not come by [`append`](Self::append), as
    /// those in a transaction of the caller's own.
    fn committed(&self) {}

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

    /// The items at one position of a few sequences, in an order that is the store's own; what is not there is left out. A
    /// store that can reads them by one statement.
    ///
    /// # Errors
    ///
    /// As [`items`](Self::items).
    async fn items_at(
        &self,
        position: Position,
        sequence_ids: Vec<Uuid>,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let mut items = Vec::new();
        for sequence_id in sequence_ids {
            items.extend(self.items(ItemQuery::at(sequence_id, position)).await?);
        }
        Ok(items)
    }

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

    /// Ids of sequences behind `after`, each once, in an order that is the store's own, `limit` at most.
    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError>;

    /// The last position of each of these sequences, in the order of [`sequence_ids`](Self::sequence_ids), `limit` at most.
    /// There are no more where there is none.
    async fn last_positions(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Position)>, RecordError> {
        let mut lasts = Vec::new();
        for id in self.sequence_ids(after, limit).await? {
            let last = self.items(ItemQuery::last_of(id)).await?;
            lasts.extend(last.first().map(|item| (id, item.position)));
        }
        Ok(lasts)
    }

    /// Makes the table where it is absent; where it is there, checks that its shape fits and leaves it alone.
    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// Drops the table and all it holds.
    async fn drop_table(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("drop_table"))
    }

    /// Removes all items. Record ids start at 1 again: a follower, and what it made of the records, begins anew as well.
    async fn truncate(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("truncate"))
    }

    /// Removes one item; says whether there was one. This leaves holes, in the sequence and among the record ids; but most
    /// stores give the id of the last record again, and whoever has seen that record does not see the one that has its id then.
    /// Remove a last record only where nobody follows. An [application sequence](es_structures::application_sequence) gives no id again.
    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let _ = (sequence_id, position);
        Err(RecordError::unsupported("delete_record"))
    }

    /// Puts an item in the place of the one that is stored at its position, and keeps its record id; says whether there was
    /// one. Where there is none, nothing is stored. It is one step: whoever reads finds the one or the other. Doing it again
    /// changes nothing, so it may be tried again whatever the error was.
    ///
    /// What is stored is not changed otherwise: this is for the references of an
    /// [application sequence](es_structures::application_sequence), in whose place tombstones are put.
    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        let _ = item;
        Err(RecordError::unsupported("replace_record"))
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
}

impl Capabilities {
    /// Of a store that keeps the whole contract.
    #[must_use]
    pub const fn full() -> Self {
        Self {
            record_ids: RecordIds::Contiguous,
            lists_across_sequences: true,
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

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Appended {
    len: usize,
    /// Their ids, ascending; none in a store without record ids. One append has one range of them, several have a range
    /// each where others wrote in between.
    ids: Option<Range<u64>>,
    later: Vec<Range<u64>>,
}

impl Appended {
    /// `len` items with consecutive ids from `first`.
    #[must_use]
    pub const fn with_ids(first: RecordId, len: usize) -> Self {
        let first = first.get();
        Self {
            len,
            ids: Some(first..first + len as u64),
            later: Vec::new(),
        }
    }

    /// `len` items in a store without record ids.
    #[must_use]
    pub const fn without_ids(len: usize) -> Self {
        Self {
            len,
            ids: None,
            later: Vec::new(),
        }
    }

    /// `len` items behind the greatest record id, of a store that has them.
    #[must_use]
    pub fn behind(max: Option<RecordId>, len: usize) -> Self {
        match max {
            Some(max) => Self::with_ids(RecordId::new(max.get().saturating_add(1)), len),
            None => Self::without_ids(len),
        }
    }

    /// Combines what two appends wrote, one after the other.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.len += later.len;
        for next in later.ids.into_iter().chain(later.later) {
            let last = self.later.last_mut().or(self.ids.as_mut());
            match last {
                Some(last) if last.end == next.start => last.end = next.end,
                Some(_) => self.later.push(next),
                None => self.ids = Some(next),
            }
        }
        self
    }

    /// The number of items written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was written, as there was nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The record ids of the items, in their order; none where the store has none.
    pub fn record_ids(&self) -> impl Iterator<Item = RecordId> + '_ {
        let ranges = self.ids.iter().chain(&self.later);
        ranges.cloned().flatten().map(RecordId::new)
    }

    /// The record id of the last item written.
    #[must_use]
    pub fn last(&self) -> Option<RecordId> {
        let last = self.later.last().or(self.ids.as_ref())?;
        (!last.is_empty()).then(|| RecordId::new(last.end - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(appended: &Appended) -> Vec<u64> {
        appended.record_ids().map(RecordId::get).collect()
    }

    #[test]
    fn ids_of_several_appends_are_kept_where_others_wrote_in_between() {
        let one = |first, len| Appended::with_ids(RecordId::new(first), len);
        let appended = Appended::default().and(one(3, 2)).and(one(5, 1));
        assert_eq!(appended, one(3, 3));
        let appended = appended.and(one(9, 2)).and(one(11, 1));
        assert_eq!(ids(&appended), [3, 4, 5, 9, 10, 11]);
        assert_eq!(appended.len(), 6);
        assert_eq!(appended.last(), Some(RecordId::new(11)));
    }

    #[test]
    fn nothing_has_no_ids() {
        for nothing in [
            Appended::default(),
            Appended::without_ids(2),
            Appended::with_ids(RecordId::new(7), 0),
        ] {
            assert_eq!(ids(&nothing), [0; 0]);
            assert_eq!(nothing.last(), None);
        }
    }
}
