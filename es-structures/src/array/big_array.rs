//! An array without a practical limit: a tree of arrays.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::RangeBounds;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use es_core::domain::{Event, Payload, Salt};
use es_core::error::{Error, Result};
use es_core::event_store::{EventStore, Mapper};
use es_core::{Retry, retry};
use es_json::Tagged;
use es_store::Topic;
use uuid::Uuid;

use super::array::{Array, append_retry};
use super::bounds;
use super::item_assigned::ItemAssigned;
use super::slice::ArraySlice;
use super::tree::{ArraySpan, ArrayTree};

/// Capacity of the cache of linked base arrays. Concurrent writers write to few of them.
const MAX_CACHED_LINKS: usize = 64;

/// An array without a practical limit, stored in short sequences: a tree of arrays of a fixed size. Each position is
/// assigned once.
///
/// Reading a position takes one query, whatever the length. Appending takes one insertion, after one query for each level
/// of the tree and one more: three queries for arrays of 10,000 from the 10,000th item on.
///
/// Clones append in turn. Appends through other handles of the same big array conflict and are retried, see
/// [`retry`](Self::retry).
///
/// ```
/// # use std::sync::Arc;
/// use std::num::NonZeroU32;
/// # use es_core::domain::Salt;
/// # use es_core::event_store::{EventStore, Mapper};
/// # use es_store::{MemoryRecordManager, Table};
/// use es_structures::BigArray;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> es_core::error::Result<()> {
/// # let table = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
/// # let store = EventStore::new(table, Mapper::new(), Salt::none());
/// let size = NonZeroU32::new(10).expect("not 0");
/// let numbers = BigArray::<u64>::new(store, uuid::Uuid::new_v4(), size);
/// for number in 0..25 {
///     numbers.append(number * number).await?;
/// }
/// assert_eq!(numbers.next_position().await?, 25);
/// assert_eq!(numbers.get(12).await?, Some(144));
///
/// let mut slice = numbers.slice(8..12);
/// let mut squares = Vec::new();
/// while let Some(item) = slice.next().await {
///     squares.push(item?);
/// }
/// assert_eq!(squares, [Some(64), Some(81), Some(100), Some(121)]);
/// # Ok(())
/// # }
/// ```
pub struct BigArray<T> {
    tree: ArrayTree,
    store: EventStore,
    pub(super) retry: Retry,
    pub(super) shared: Arc<Shared>,
    item: PhantomData<fn() -> T>,
}

/// The state that clones share.
#[derive(Default)]
pub(super) struct Shared {
    /// Locked by the clone that appends.
    turn: tokio::sync::Mutex<()>,
    /// The starts of base arrays that are linked from the root, as far as this process knows; the latest last.
    linked: Mutex<VecDeque<u128>>,
    /// All numbers that clones got from integer sequences are below this one.
    pub(super) next_number: AtomicU64,
}

impl<T> Clone for BigArray<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            shared: Arc::clone(&self.shared),
            ..*self
        }
    }
}

impl<T: Payload> BigArray<T> {
    /// Creates a handle of the big array with this root, which consists of arrays of this size. The positions of the store
    /// must be whole numbers.
    ///
    /// 10,000 is a good size. The size is not stored and must be the same each time. Nothing is stored before the first item.
    #[must_use]
    pub fn new(store: EventStore, root_id: Uuid, array_size: NonZeroU32) -> Self {
        Self {
            tree: ArrayTree::new(root_id, array_size),
            store,
            retry: append_retry(),
            shared: Arc::default(),
            item: PhantomData,
        }
    }

    /// Sets the retries of [`append`](Self::append) and [`assign_next`](Self::assign_next) after conflicts. Default: 50
    /// attempts, with random waits that grow from 1 to 32 ms.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Returns the tree of arrays. The id of the big array is that of the root.
    #[must_use]
    pub fn tree(&self) -> ArrayTree {
        self.tree
    }

    /// Returns the number of positions: N^N for arrays of size N, but at most `u64::MAX`.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.tree.capacity()
    }

    /// Assigns an item to a position.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the position is taken; [`Error::BeyondArray`] if it is not below the capacity;
    /// [`Error::InvalidSetting`] if the array was created with arrays of another size; [`Error::InvalidEvent`] if the item
    /// cannot be serialised; and those of the store. The item is not stored then.
    pub async fn assign(&self, position: u64, item: T) -> Result<()> {
        self.assign_all(position, [item]).await
    }

    /// Assigns items to consecutive positions from `first` on, all or none. They must lie in one base array, see
    /// [`left_in_base`](ArrayTree::left_in_base).
    ///
    /// # Errors
    ///
    /// Those of [`assign`](Self::assign).
    pub async fn assign_all(&self, first: u64, items: impl IntoIterator<Item = T>) -> Result<()> {
        if first >= self.capacity() {
            return Err(self.beyond(first));
        }
        let base = self.tree.base(first);
        // Links first: `next_position` does not see an item without links, so every append would conflict with it. A link
        // to an empty array does no harm.
        self.link(base).await?;
        let index = first % u64::from(self.tree.array_size().get());
        self.array(base).assign_all(index, items).await
    }

    /// Appends an item after the last one and returns its position. If another writer took the position, it retries.
    ///
    /// # Errors
    ///
    /// [`Error::BeyondArray`] if the array is full; [`Error::Conflict`] if every attempt conflicted; and those of
    /// [`assign`](Self::assign).
    pub async fn append(&self, item: T) -> Result<u64> {
        let _turn = self.shared.turn.lock().await;
        retry(self.retry, || async {
            let position = self.next_position().await?;
            self.assign(position, item.clone()).await?;
            Ok(position)
        })
        .await
    }

    /// Returns the item at a position; `None` if the position is free or not below the capacity.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the item is damaged, [`Error::Undecodable`] if it has another type, and those of the store.
    pub async fn get(&self, position: u64) -> Result<Option<T>> {
        if position >= self.capacity() {
            return Ok(None);
        }
        let base = self.tree.base(position);
        let index = position % u64::from(self.tree.array_size().get());
        self.array(base).get(index).await
    }

    /// Returns the items at the positions of a range as a stream in constant memory; `None` for each free position.
    ///
    /// A range without an end, such as `5..`, ends at the last position that is assigned when the stream gets there. A range
    /// with an end includes free positions up to it, but ends at the capacity.
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<u64>) -> ArraySlice<T> {
        let (start, stop) = bounds(&range);
        ArraySlice::new(self, start, stop.map(|stop| stop.min(self.capacity())))
    }

    /// Returns the items at the positions of a range as a list. See [`slice`](Self::slice).
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn items(&self, range: impl RangeBounds<u64>) -> Result<Vec<Option<T>>> {
        let mut slice = self.slice(range);
        let mut items = Vec::new();
        while let Some(item) = slice.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// Returns the position before the next one, and its item; `None` if the array is empty.
    ///
    /// # Errors
    ///
    /// Those of [`next_position`](Self::next_position).
    pub async fn last(&self) -> Result<Option<(u64, T)>> {
        let Some(position) = self.next_position().await?.checked_sub(1) else {
            return Ok(None);
        };
        Ok(self.get(position).await?.map(|item| (position, item)))
    }

    /// Returns the position after the highest that was assigned; 0 if the array is empty.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if the array was created with arrays of another size, [`Error::Integrity`] if an array is
    /// damaged, and those of the store.
    pub async fn next_position(&self) -> Result<u64> {
        let Some(base) = self.last_base().await? else {
            return Ok(0);
        };
        let start = u64::try_from(base.start).map_err(|_| self.wrong_size())?;
        let next = self.array(base).next_position().await?;
        Ok(start.saturating_add(next))
    }

    /// Returns the last base array that is linked.
    async fn last_base(&self) -> Result<Option<ArraySpan>> {
        let Some((index, id)) = self.root().last().await? else {
            return Ok(None);
        };
        let height = u32::try_from(index + 1).map_err(|_| self.wrong_size())?;
        let mut span = ArraySpan { start: 0, height };
        self.check_id(span, id)?;
        while span.height > 1 {
            let last = self.links_in(span).last().await?;
            // Links are stored from the bottom up, so an array that is linked holds a link; 0 is only a safe default.
            span = self
                .tree
                .child(span, last.as_ref().map_or(0, |(index, _)| *index));
            if let Some((_, id)) = last {
                self.check_id(span, id)?;
            }
        }
        Ok(Some(span))
    }

    /// Links a base array from the root: its id in its parent, the parent's id in the grandparent, and so on. From the bottom
    /// up, so that readers, which start at the root, never reach an array whose own links are missing.
    async fn link(&self, base: ArraySpan) -> Result<()> {
        if self.is_linked(base) {
            return Ok(());
        }
        let mut span = base;
        while span.start != 0 {
            let (parent, index) = self.tree.parent(span);
            self.link_in(&self.links_in(parent), index, span).await?;
            span = parent;
        }
        let index = u64::from(span.height - 1);
        self.link_in(&self.root(), index, span).await?;
        self.cache_link(base);
        Ok(())
    }

    /// Stores one link. A link that exists does not prove that the links above it do, because its writer may have crashed in
    /// between.
    async fn link_in(
        &self,
        array: &Array<Tagged<Uuid>>,
        index: u64,
        child: ArraySpan,
    ) -> Result<()> {
        let id = Tagged(self.tree.array_id(child));
        match array.assign(index, id).await {
            Err(Error::Conflict { .. }) => match array.get(index).await? {
                Some(found) => self.check_id(child, found),
                None => Ok(()),
            },
            result => result,
        }
    }

    /// Returns whether this mapper and salt store items as those of the array do, so that each reads the other's items.
    #[must_use]
    pub fn is_written_with(&self, mapper: &Mapper, salt: &Salt) -> bool {
        let topic = Topic::new(ItemAssigned::<T>::NAME);
        self.store.salt() == salt && self.store.mapper().is_compatible_with(mapper, &topic)
    }

    /// Empties the cache of linked base arrays, after the links were removed.
    pub(super) fn clear_link_cache(&self) {
        self.linked().clear();
    }

    pub(super) fn store(&self) -> &EventStore {
        &self.store
    }

    fn check_id(&self, span: ArraySpan, found: Tagged<Uuid>) -> Result<()> {
        if found.0 == self.tree.array_id(span) {
            Ok(())
        } else {
            Err(self.wrong_size())
        }
    }

    fn is_linked(&self, base: ArraySpan) -> bool {
        self.linked().contains(&base.start)
    }

    fn cache_link(&self, base: ArraySpan) {
        let mut linked = self.linked();
        if linked.len() == MAX_CACHED_LINKS {
            linked.pop_front();
        }
        linked.push_back(base.start);
    }

    /// A panic elsewhere leaves the list consistent: each change is one call.
    fn linked(&self) -> MutexGuard<'_, VecDeque<u128>> {
        let linked = self.shared.linked.lock();
        linked.unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the base array of a span.
    pub(super) fn array(&self, base: ArraySpan) -> Array<T> {
        let id = self.tree.array_id(base);
        Array::new(self.store.clone(), id, self.tree.array_size())
    }

    fn links_in(&self, span: ArraySpan) -> Array<Tagged<Uuid>> {
        let id = self.tree.array_id(span);
        Array::new(self.store.clone(), id, self.tree.array_size())
    }

    fn root(&self) -> Array<Tagged<Uuid>> {
        let id = self.tree.root_id();
        Array::new(self.store.clone(), id, self.tree.array_size())
    }

    fn beyond(&self, position: u64) -> Error {
        Error::BeyondArray {
            array_id: self.tree.root_id(),
            position,
            capacity: self.capacity(),
        }
    }

    fn wrong_size(&self) -> Error {
        Error::InvalidSetting {
            setting: "array_size",
            reason: format!(
                "the big array {} does not consist of arrays of {}; use the size with which it was created",
                self.tree.root_id(),
                self.tree.array_size()
            ),
        }
    }
}
