//! The end of the array: reads it, extends it, and indexes its references.

use std::fmt::Display;
use std::sync::Arc;

use es_core::error::Result;
use es_core::event_store::PAGE_SIZE;
use es_store::RecordError;
use tokio::task::JoinSet;

use super::PositionIndex;
use super::position_cache::PositionCache;
use super::record_error::record_error;
use crate::array::{BigArray, Reference};

/// Maximum number of concurrent writes to the index; the writer waits for one before it starts another.
const MAX_INDEX_WRITES: usize = 8;

/// References with their positions, for the index.
type Entries = Vec<(Reference, u64)>;

/// Reads and extends the array at its end, and keeps the position cache and the index up to date.
pub(super) struct ArrayAppender {
    array: BigArray<Option<Reference>>,
    index: Arc<dyn PositionIndex>,
    cache: Arc<PositionCache>,
    /// Number of free positions at the end before a position that another program took; `None` if no such position is known.
    hole_len: Option<u64>,
    /// Set if the last read or write showed a free position at the end.
    is_at_end: bool,
    /// References from the floor on that are not known to be in the index.
    unindexed: Entries,
    index_writes: JoinSet<Result<(), RecordError>>,
    /// Set if a write to the index failed. All cached positions are then written again, because the index may have been
    /// replaced meanwhile.
    has_failed: bool,
    is_index_incomplete: bool,
}

impl ArrayAppender {
    /// Reads the array from the floor of the index to the end.
    pub(super) async fn open(
        array: BigArray<Option<Reference>>,
        index: Arc<dyn PositionIndex>,
        cache: Arc<PositionCache>,
    ) -> Result<Self, RecordError> {
        cache.reset(index.floor().await?);
        let mut appender = Self {
            array,
            index,
            cache,
            hole_len: None,
            is_at_end: false,
            unindexed: Vec::new(),
            index_writes: JoinSet::new(),
            has_failed: false,
            is_index_incomplete: false,
        };
        while appender.read_page().await? {
            appender.raise_floor().await?;
        }
        Ok(appender)
    }

    /// Returns whether the index lacks references that the cache has dropped: the array must be opened again.
    pub(super) fn is_index_incomplete(&self) -> bool {
        self.is_index_incomplete
    }

    /// Returns whether nothing is known to follow the last position in the cache.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// Returns the number of references that fit at the end in one write: up to the next taken position, or to the end of
    /// the base array.
    pub(super) fn free_len(&self) -> u64 {
        let left = self.array.tree().left_in_base(self.cache.end());
        self.hole_len.unwrap_or(left).min(left)
    }

    /// Reads on from the end to the first free position. Returns whether there was anything.
    ///
    /// The floor follows page by page, so the cache stays small however much other processes have written.
    pub(super) async fn catch_up(&mut self) -> Result<bool, RecordError> {
        let start = self.cache.end();
        loop {
            let may_be_more = self.read_page().await?;
            self.raise_floor_if_possible().await?;
            if !may_be_more {
                return Ok(self.cache.end() > start);
            }
        }
    }

    /// Raises the floor; if the index fails, that is left to a later call.
    ///
    /// # Errors
    ///
    /// Those of the index, if the cache is full.
    pub(super) async fn raise_floor_if_possible(&mut self) -> Result<(), RecordError> {
        match self.raise_floor().await {
            Err(error) if self.cache.is_full() => Err(error),
            Err(error) => {
                self.index_failed(&error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Reads a page from the end on. Returns whether there may be more after it.
    async fn read_page(&mut self) -> Result<bool, RecordError> {
        let start = self.cache.end();
        let len = self.array.tree().left_in_base(start).min(PAGE_SIZE as u64);
        let page = self.array.items(start..start.saturating_add(len)).await;
        let page = page.map_err(record_error)?;
        let taken_len = page.iter().position(Option::is_none);
        let taken_len = taken_len.unwrap_or(page.len());
        for (at, item) in (start..).zip(page[..taken_len].iter().copied().map(Option::flatten)) {
            self.cache.push(item);
            self.unindexed.extend(item.map(|item| (item, at)));
        }
        let hole_len = page[taken_len..].iter().position(Option::is_some);
        self.hole_len = hole_len.map(|len| len as u64);
        self.is_at_end = taken_len < page.len();
        Ok(taken_len == page.len() && !page.is_empty())
    }

    /// Writes references to the end, all or none, and returns the position of the first. There must be
    /// [`free_len`](Self::free_len) for them.
    ///
    /// # Errors
    ///
    /// A conflict if another process has taken one of the positions.
    pub(super) async fn append(&mut self, items: &[Reference]) -> Result<u64> {
        let start = self.cache.end();
        let assigned = items.iter().copied().map(Some);
        // If the write gets no answer, the references may be there or not.
        self.is_at_end = false;
        self.array.assign_all(start, assigned).await?;
        for item in items {
            self.cache.push(Some(*item));
        }
        let hole_len = self.hole_len.map(|len| len - items.len() as u64);
        // A taken position follows a hole that was filled.
        self.is_at_end = hole_len != Some(0);
        self.hole_len = hole_len.filter(|len| *len > 0);
        let entries = items.iter().copied().zip(start..).collect();
        self.index_in_background(entries).await;
        Ok(start)
    }

    /// Replaces the reference to a deleted item by a tombstone and removes it from the index. The position is free at no
    /// time.
    pub(super) async fn remove(&mut self, item: Reference, at: u64) -> Result<(), RecordError> {
        let replaced = self.replace_by_tombstone(item, at).await;
        replaced.map_err(record_error)?;
        // An entry that is being written must not arrive after its removal.
        self.await_index_writes().await;
        self.unindexed.retain(|(unindexed, _)| *unindexed != item);
        self.index.remove(item, at).await?;
        self.cache.remove(item);
        Ok(())
    }

    /// An earlier attempt may have stopped after any step, so the reference may be gone already.
    async fn replace_by_tombstone(&self, item: Reference, at: u64) -> Result<()> {
        if self.array.get(at).await? == Some(Some(item)) {
            self.array.replace(at, None).await?;
        }
        Ok(())
    }

    /// Starts to add entries to the index. A failure leaves them to the next raise of the floor.
    async fn index_in_background(&mut self, entries: Entries) {
        while self.index_writes.len() >= MAX_INDEX_WRITES {
            self.join_index_write().await;
        }
        let index = self.index.clone();
        self.index_writes
            .spawn(async move { index.insert(&entries).await });
    }

    async fn join_index_write(&mut self) {
        match self.index_writes.join_next().await {
            Some(Ok(Err(error))) => self.index_failed(&error),
            Some(Err(error)) => self.index_failed(&error),
            Some(Ok(Ok(()))) | None => {}
        }
    }

    /// Warns once for a series of failures.
    fn index_failed(&mut self, error: &dyn Display) {
        if !std::mem::replace(&mut self.has_failed, true) {
            tracing::warn!(%error, "cannot write to the index of positions; the entries are kept and written later");
        }
    }

    /// Waits until no write to the index is running.
    pub(super) async fn await_index_writes(&mut self) {
        while !self.index_writes.is_empty() {
            self.join_index_write().await;
        }
    }

    /// Raises the floor to the start of the base array before the last one, if it is below that.
    ///
    /// At most two base arrays stay above the floor, so a process keeps little of the array, and a new one reads little.
    async fn raise_floor(&mut self) -> Result<(), RecordError> {
        let size = u64::from(self.array.tree().array_size().get());
        let end = self.cache.end();
        let floor = (end - end % size).saturating_sub(size);
        if floor <= self.cache.floor() {
            return Ok(());
        }
        self.complete_index_below(floor).await?;
        self.cache.raise_floor(floor);
        Ok(())
    }

    /// Adds the missing entries below a position to the index, then raises the floor of the index.
    async fn complete_index_below(&mut self, floor: u64) -> Result<(), RecordError> {
        self.await_index_writes().await;
        // Other processes may have raised it.
        let index_floor = self.index.floor().await?;
        if index_floor < self.cache.floor() {
            self.is_index_incomplete = true;
        }
        if self.is_index_incomplete {
            return Err(index_incomplete());
        }
        if self.has_failed {
            self.unindexed = self.cache.positions();
        }
        let is_below = |(_, at): &(Reference, u64)| *at < floor;
        let (below, above): (Entries, Entries) = self.unindexed.iter().copied().partition(is_below);
        let missing: Entries = below
            .into_iter()
            .filter(|(_, at)| *at >= index_floor)
            .collect();
        self.index.insert(&missing).await?;
        if index_floor < floor {
            self.index.raise_floor(floor).await?;
        }
        self.unindexed = above;
        self.has_failed = false;
        Ok(())
    }
}

/// The error of a request that would rely on an index that lost entries.
pub(super) fn index_incomplete() -> RecordError {
    RecordError::Unavailable {
        source: "the index of positions lost entries; the array is read again, retry the call"
            .into(),
    }
}
