use std::collections::VecDeque;
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::RangeBounds;
use std::sync::{Arc, Mutex, PoisonError};

use es_core::domain::{Event, Payload, Salt};
use es_core::error::{Error, Result};
use es_core::event_store::{EventStore, Mapper};
use es_core::{Retry, retry};
use es_json::Tagged;
use es_store::Topic;
use uuid::Uuid;

use super::array::{Array, appending};
use super::assign_next::Numbers;
use super::ends;
use super::item_assigned::ItemAssigned;
use super::slice::ArraySlice;
use super::tree::{ArraySpan, ArrayTree};

/// How many base arrays are known to be linked. Those who write side by side write to few.
const MOST_KNOWN: usize = 64;

/// An array as large as anyone needs, whose sequences stay short: a tree of arrays of a fixed size. Each position is
/// assigned once. Reading a position takes one question, whatever the length; appending takes one insertion after as
/// many questions as the tree has levels, and one more: for arrays of 10,000, three from the 10,000th item on.
///
/// Cloning is cheap. Clones append in turn; those who opened the same big array elsewhere are noticed by conflicts, and
/// the append is tried again, as [`retry`](Self::retry) says.
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

/// What clones share.
#[derive(Default)]
pub(super) struct Shared {
    /// Held by the clone that appends.
    turn: tokio::sync::Mutex<()>,
    /// The starts of base arrays whose links are stored, all the way up to the root; the latest last.
    linked: Mutex<VecDeque<u128>>,
    pub(super) numbers: Numbers,
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
    /// The big array with this root, made of arrays of this size, in a store whose positions are whole numbers. 10,000 is
    /// a good size. It is not stored, and has to be the same each time. Nothing is stored until an item is.
    #[must_use]
    pub fn new(store: EventStore, root_id: Uuid, array_size: NonZeroU32) -> Self {
        Self {
            tree: ArrayTree::new(root_id, array_size),
            store,
            retry: appending(),
            shared: Arc::default(),
            item: PhantomData,
        }
    }

    /// How often [`append`](Self::append) and [`assign_next`](Self::assign_next) try where others are first, and how long
    /// they wait between: 50 times unless told, with random waits that grow from 1 to 32 ms.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The arrays that it is made of. Its id is that of their root.
    #[must_use]
    pub fn tree(&self) -> ArrayTree {
        self.tree
    }

    /// How many positions it has: N^N for arrays of the size N; `u64::MAX` where that is more.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.tree.capacity()
    }

    /// Puts an item at a position.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where there is one; [`Error::BeyondArray`] where the array has no such position;
    /// [`Error::InvalidSetting`] where it was made of arrays of another size; [`Error::InvalidEvent`] where the item
    /// cannot be stored; and those of the store. The item is not stored then.
    pub async fn assign(&self, position: u64, item: T) -> Result<()> {
        self.assign_all(position, [item]).await
    }

    /// Puts items at consecutive positions from `first`, all or none. They have to lie in one of the arrays that it is
    /// made of: see [`left_in_base`](ArrayTree::left_in_base).
    ///
    /// # Errors
    ///
    /// As [`assign`](Self::assign).
    pub async fn assign_all(&self, first: u64, items: impl IntoIterator<Item = T>) -> Result<()> {
        if first >= self.capacity() {
            return Err(self.beyond(first));
        }
        let base = self.tree.base(first);
        // The links come first: an item whose links were lost would be one that `next_position` does not see, and all
        // appends would end at it. A link whose item was lost does no harm.
        self.link(base).await?;
        let index = first % u64::from(self.tree.array_size().get());
        self.array(base).assign_all(index, items).await
    }

    /// Puts an item after the last one, and answers with its position. Where somebody else was first, it tries again.
    ///
    /// # Errors
    ///
    /// [`Error::BeyondArray`] where the array is full; [`Error::Conflict`] where others were first every time; and those
    /// of [`assign`](Self::assign).
    pub async fn append(&self, item: T) -> Result<u64> {
        let _turn = self.shared.turn.lock().await;
        retry(self.retry, || async {
            let position = self.next_position().await?;
            self.assign(position, item.clone()).await?;
            Ok(position)
        })
        .await
    }

    /// The item at a position; none where none was assigned, or there is no such position.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] where it is damaged, [`Error::Undecodable`] where it is of another type, and those of the
    /// store.
    pub async fn get(&self, position: u64) -> Result<Option<T>> {
        if position >= self.capacity() {
            return Ok(None);
        }
        let base = self.tree.base(position);
        let index = position % u64::from(self.tree.array_size().get());
        self.array(base).get(index).await
    }

    /// The items at the positions of a range, one after another, in flat memory; `None` where none was assigned.
    ///
    /// A range without an end, such as `5..`, ends where nothing more is assigned when the stream comes there. One with an
    /// end goes on to it, through positions that are not assigned yet, but not beyond the capacity.
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<u64>) -> ArraySlice<T> {
        let (start, stop) = ends(&range);
        ArraySlice::new(self, start, stop.map(|stop| stop.min(self.capacity())))
    }

    /// The items at the positions of a range, as a list. See [`slice`](Self::slice).
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn items(&self, range: impl RangeBounds<u64>) -> Result<Vec<Option<T>>> {
        let mut slice = self.slice(range);
        let mut items = Vec::new();
        while let Some(item) = slice.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// The item before the next position, and where it is; none where the array is empty.
    ///
    /// # Errors
    ///
    /// As [`next_position`](Self::next_position).
    pub async fn last(&self) -> Result<Option<(u64, T)>> {
        let Some(position) = self.next_position().await?.checked_sub(1) else {
            return Ok(None);
        };
        Ok(self.get(position).await?.map(|item| (position, item)))
    }

    /// The position after the highest that was assigned; 0 where the array is empty.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where it was made of arrays of another size, [`Error::Integrity`] where an array is
    /// damaged, and those of the store.
    pub async fn next_position(&self) -> Result<u64> {
        let Some(base) = self.last_base().await? else {
            return Ok(0);
        };
        let start = u64::try_from(base.start).map_err(|_| self.wrong_size())?;
        let next = self.array(base).next_position().await?;
        Ok(start.saturating_add(next))
    }

    /// The last base array that is linked.
    async fn last_base(&self) -> Result<Option<ArraySpan>> {
        let Some((index, id)) = self.root().last().await? else {
            return Ok(None);
        };
        let height = u32::try_from(index + 1).map_err(|_| self.wrong_size())?;
        let mut span = ArraySpan { start: 0, height };
        self.check_id(span, id)?;
        while span.height > 1 {
            let last = self.links_in(span).last().await?;
            // Nobody links an array that holds nothing; of one, the first child would be the last.
            span = self
                .tree
                .child(span, last.as_ref().map_or(0, |(index, _)| *index));
            if let Some((_, id)) = last {
                self.check_id(span, id)?;
            }
        }
        Ok(Some(span))
    }

    /// Stores what leads to a base array from the root: its id in its parent, and so on; from the bottom up, so that who
    /// reads from the root never comes to an array that is not there yet.
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
        self.remember(base);
        Ok(())
    }

    /// That it is there already does not mean that the links above it are: who wrote it may have stopped then.
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

    /// Whether items are stored as another mapper and salt would have it: either reads what the other has written.
    #[must_use]
    pub fn is_kept_with(&self, mapper: &Mapper, salt: &Salt) -> bool {
        let topic = Topic::new(ItemAssigned::<T>::NAME);
        self.store.salt() == salt && self.store.mapper().reads_alike(mapper, &topic)
    }

    /// The links are gone.
    pub(super) fn forget_links(&self) {
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

    fn remember(&self, base: ArraySpan) {
        let mut linked = self.linked();
        if linked.len() == MOST_KNOWN {
            linked.pop_front();
        }
        linked.push_back(base.start);
    }

    /// A panic elsewhere leaves the list whole: it is changed by single calls.
    fn linked(&self) -> std::sync::MutexGuard<'_, VecDeque<u128>> {
        let linked = self.shared.linked.lock();
        linked.unwrap_or_else(PoisonError::into_inner)
    }

    /// A base array.
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
                "the big array {} is not made of arrays of {}",
                self.tree.root_id(),
                self.tree.array_size()
            ),
        }
    }
}
