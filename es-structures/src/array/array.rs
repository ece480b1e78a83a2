//! An array of fixed size in one sequence.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::RangeBounds;
use std::time::Duration;

use es_core::domain::{Payload, StandaloneEvent, Version};
use es_core::error::{Error, Result};
use es_core::event_store::{EventStore, SequenceQuery};
use es_core::{Retry, retry};
use es_store::Timestamp;
use uuid::Uuid;

use super::bounds;
use super::item_assigned::ItemAssigned;

/// An array of fixed size, stored in one sequence. Each index is assigned once. Clones share the store.
///
/// ```
/// # use std::sync::Arc;
/// use std::num::NonZeroU32;
/// # use es_core::domain::Salt;
/// # use es_core::event_store::{EventStore, Mapper};
/// # use es_store::{MemoryRecordManager, Table};
/// use es_structures::Array;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> es_core::error::Result<()> {
/// # let table = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
/// # let store = EventStore::new(table, Mapper::new(), Salt::none());
/// let seats = Array::<String>::new(store, uuid::Uuid::new_v4(), NonZeroU32::new(5).expect("not 0"));
/// seats.assign(1, "Ann".to_owned()).await?;
/// assert_eq!(seats.append("Bob".to_owned()).await?, 2);
///
/// assert!(seats.assign(1, "Cid".to_owned()).await.is_err_and(|error| error.is_conflict()));
/// assert_eq!(seats.get(0).await?, None);
/// assert_eq!(seats.items(1..3).await?, [Some("Ann".to_owned()), Some("Bob".to_owned())]);
/// # Ok(())
/// # }
/// ```
pub struct Array<T> {
    id: Uuid,
    size: NonZeroU32,
    store: EventStore,
    item: PhantomData<fn() -> T>,
}

impl<T> Clone for Array<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            ..*self
        }
    }
}

/// Returns the default retries of an append: 50 attempts, with waits that start at 1 ms and grow by half.
///
/// Each wait is up to half longer or shorter at random, so that two writers that collided do not collide again.
pub(super) fn append_retry() -> Retry {
    Retry::default()
        .attempts(50)
        .wait(Duration::from_millis(1))
        .growth(1.5)
        .jitter(1.0)
}

impl<T: Payload> Array<T> {
    /// Creates a handle of the array with this id and size. The positions of the store must be whole numbers. Nothing is
    /// stored before the first item.
    #[must_use]
    pub fn new(store: EventStore, id: Uuid, size: NonZeroU32) -> Self {
        Self {
            id,
            size,
            store,
            item: PhantomData,
        }
    }

    /// Returns the id of the array, which is that of its sequence.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Returns the number of indexes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size.get().into()
    }

    /// Assigns an item to an index.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the index is taken; [`Error::BeyondArray`] if it is not below the size;
    /// [`Error::InvalidEvent`] if the item cannot be serialised; and those of the store. Nothing is stored then.
    pub async fn assign(&self, index: u64, item: T) -> Result<()> {
        self.assign_all(index, [item]).await
    }

    /// Assigns items to consecutive indexes from `first` on, all or none.
    ///
    /// # Errors
    ///
    /// Those of [`assign`](Self::assign).
    pub async fn assign_all(&self, first: u64, items: impl IntoIterator<Item = T>) -> Result<()> {
        let now = Timestamp::now();
        let assigned = (0..)
            .zip(items)
            .map(|(n, item)| self.assignment(first.saturating_add(n), item, now));
        let assigned: Vec<_> = assigned.collect::<Result<_>>()?;
        self.store.append(&assigned).await?;
        Ok(())
    }

    /// Replaces the item at an index in one step; returns whether there was one.
    pub(super) async fn replace(&self, index: u64, item: T) -> Result<bool> {
        let assigned = self.assignment(index, item, Timestamp::now())?;
        self.store.replace(&assigned).await
    }

    fn assignment(
        &self,
        index: u64,
        item: T,
        now: Timestamp,
    ) -> Result<StandaloneEvent<ItemAssigned<T>>> {
        if index >= self.size() {
            return Err(Error::BeyondArray {
                array_id: self.id,
                position: index,
                capacity: self.size(),
            });
        }
        let (version, item) = (Version::new(index), ItemAssigned { item });
        StandaloneEvent::new(self.id, version, now, item, self.store.salt())
    }

    /// Appends an item after the last one and returns its index. If another writer took the index, it retries: 50 attempts in
    /// all, with random waits that grow from 1 to 32 ms.
    ///
    /// # Errors
    ///
    /// [`Error::BeyondArray`] if the array is full; [`Error::Conflict`] if every attempt conflicted; and those of
    /// [`assign`](Self::assign).
    pub async fn append(&self, item: T) -> Result<u64> {
        retry(append_retry(), || async {
            let index = self.next_position().await?;
            self.assign(index, item.clone()).await?;
            Ok(index)
        })
        .await
    }

    /// Returns the item at an index; `None` if the index is free or not below the size.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the item is damaged, [`Error::Undecodable`] if it has another type, and those of the store.
    pub async fn get(&self, index: u64) -> Result<Option<T>> {
        let Some(end) = index.checked_add(1) else {
            return Ok(None);
        };
        Ok(self.items(index..end).await?.pop().flatten())
    }

    /// Returns the items at the indexes of a range, cut at the size; `None` for each free index.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn items(&self, range: impl RangeBounds<u64>) -> Result<Vec<Option<T>>> {
        let (start, stop) = bounds(&range);
        let stop = stop.map_or(self.size(), |stop| stop.min(self.size()));
        if start >= stop {
            return Ok(Vec::new());
        }
        let mut assigned = self
            .assigned()
            .gte(Version::new(start))
            .lt(Version::new(stop))
            .stream();
        let mut items = Vec::new();
        while let Some(event) = assigned.next().await {
            let event = event?;
            let gap = index_of(&event) - start - items.len() as u64;
            items.extend((0..gap).map(|_| None));
            items.push(Some(event.into_payload().item));
        }
        let gap = stop - start - items.len() as u64;
        items.extend((0..gap).map(|_| None));
        Ok(items)
    }

    /// Returns the highest index that was assigned, and its item; `None` if the array is empty.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn last(&self) -> Result<Option<(u64, T)>> {
        // The Python library accepts negative positions, which are outside the array.
        let assigned = self
            .assigned()
            .gte(Version::FIRST)
            .lt(Version::new(self.size()));
        let last = assigned.descending().first().await?;
        Ok(last.map(|event| (index_of(&event), event.into_payload().item)))
    }

    /// Returns the index after the highest that was assigned; 0 if the array is empty.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn next_position(&self) -> Result<u64> {
        Ok(self.last().await?.map_or(0, |(index, _)| index + 1))
    }

    fn assigned(&self) -> SequenceQuery<StandaloneEvent<ItemAssigned<T>>> {
        self.store.standalone_events(self.id)
    }
}

fn index_of<T>(event: &StandaloneEvent<ItemAssigned<T>>) -> u64 {
    event.header().originator_version.map_or(0, Version::get)
}
