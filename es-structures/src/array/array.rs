use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::RangeBounds;
use std::time::Duration;

use es_core::domain::{LoneEvent, Payload, Version};
use es_core::error::{Error, Result};
use es_core::event_store::{EventStore, SequenceQuery};
use es_core::{Retry, retry};
use es_store::Timestamp;
use uuid::Uuid;

use super::ends;
use super::item_assigned::ItemAssigned;

/// An array of a fixed size, all of it in one sequence. Each position is assigned once; cloning is cheap.
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

/// How appenders to an array, or a big one, wait for each other unless told: 50 tries, from 1 ms on, each wait half as
/// long again as the last, and half of it at random to either side, so that those who met do not meet again.
pub(super) fn appending() -> Retry {
    Retry::default()
        .attempts(50)
        .wait(Duration::from_millis(1))
        .growth(1.5)
        .jitter(1.0)
}

impl<T: Payload> Array<T> {
    /// The array with this id, of this size, in a store whose positions are whole numbers. Nothing is stored until an
    /// item is.
    #[must_use]
    pub fn new(store: EventStore, id: Uuid, size: NonZeroU32) -> Self {
        Self {
            id,
            size,
            store,
            item: PhantomData,
        }
    }

    /// Its id, that of its sequence.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// How many positions it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size.get().into()
    }

    /// Puts an item at an index.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where there is one; [`Error::BeyondArray`] where the array has no such index;
    /// [`Error::InvalidEvent`] where the item cannot be stored; and those of the store. Nothing is stored then.
    pub async fn assign(&self, index: u64, item: T) -> Result<()> {
        self.assign_all(index, [item]).await
    }

    /// Puts items at consecutive indexes from `first`, all or none.
    ///
    /// # Errors
    ///
    /// As [`assign`](Self::assign).
    pub async fn assign_all(&self, first: u64, items: impl IntoIterator<Item = T>) -> Result<()> {
        let now = Timestamp::now();
        let assigned = (0..)
            .zip(items)
            .map(|(n, item)| self.assignment(first.saturating_add(n), item, now));
        let assigned: Vec<_> = assigned.collect::<Result<_>>()?;
        self.store.append(&assigned).await?;
        Ok(())
    }

    /// Puts an item in the place of the one at an index, in one step; says whether there was one.
    pub(super) async fn replace(&self, index: u64, item: T) -> Result<bool> {
        let assigned = self.assignment(index, item, Timestamp::now())?;
        self.store.replace(&assigned).await
    }

    fn assignment(
        &self,
        index: u64,
        item: T,
        now: Timestamp,
    ) -> Result<LoneEvent<ItemAssigned<T>>> {
        if index >= self.size() {
            return Err(Error::BeyondArray {
                array_id: self.id,
                position: index,
                capacity: self.size(),
            });
        }
        let (version, item) = (Version::new(index), ItemAssigned { item });
        LoneEvent::new(self.id, version, now, item, self.store.salt())
    }

    /// Puts an item after the last one, and answers with its index. Where somebody else was first, it tries again: 50
    /// times in all, with random waits that grow from 1 to 32 ms.
    ///
    /// # Errors
    ///
    /// [`Error::BeyondArray`] where the array is full; [`Error::Conflict`] where others were first every time; and those
    /// of [`assign`](Self::assign).
    pub async fn append(&self, item: T) -> Result<u64> {
        retry(appending(), || async {
            let index = self.next_position().await?;
            self.assign(index, item.clone()).await?;
            Ok(index)
        })
        .await
    }

    /// The item at an index; none where none was assigned, or there is no such index.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] where it is damaged, [`Error::Undecodable`] where it is of another type, and those of the
    /// store.
    pub async fn get(&self, index: u64) -> Result<Option<T>> {
        let Some(end) = index.checked_add(1) else {
            return Ok(None);
        };
        Ok(self.items(index..end).await?.pop().flatten())
    }

    /// The items at the positions of a range that the array has, one each; `None` where none was assigned.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn items(&self, range: impl RangeBounds<u64>) -> Result<Vec<Option<T>>> {
        let (start, stop) = ends(&range);
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

    /// The highest index that was assigned, and its item; none where the array is empty.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn last(&self) -> Result<Option<(u64, T)>> {
        // The Python library does not refuse to assign negative positions; those are out of the array.
        let assigned = self
            .assigned()
            .gte(Version::FIRST)
            .lt(Version::new(self.size()));
        let last = assigned.descending().first().await?;
        Ok(last.map(|event| (index_of(&event), event.into_payload().item)))
    }

    /// The index after the highest that was assigned; 0 where the array is empty.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn next_position(&self) -> Result<u64> {
        Ok(self.last().await?.map_or(0, |(index, _)| index + 1))
    }

    fn assigned(&self) -> SequenceQuery<LoneEvent<ItemAssigned<T>>> {
        self.store.lone_events(self.id)
    }
}

fn index_of<T>(event: &LoneEvent<ItemAssigned<T>>) -> u64 {
    event.header().originator_version.map_or(0, Version::get)
}
