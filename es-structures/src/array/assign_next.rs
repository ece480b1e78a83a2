use std::sync::atomic::{AtomicU64, Ordering};

use es_core::domain::Payload;
use es_core::error::{Error, Result};
use es_core::retry;
use es_store::BoxError;

use super::big_array::BigArray;
use crate::integer_sequence::IntegerSequence;

/// How far the numbers came that clones of a big array were given.
#[derive(Default)]
pub(super) struct Numbers {
    /// The number after the highest.
    reached: AtomicU64,
}

impl<T: Payload> BigArray<T> {
    /// Puts an item at the next number of a sequence, and answers with it. Those who write side by side meet only where
    /// two were given one number, or a [`Settler`](super::settler::Settler) gave up a position: where it is taken, the item gets
    /// another number, above all positions that are taken.
    ///
    /// A sequence that goes back has lost its memory. It is raised to the next position of this array before its
    /// numbers are used again. A program that begins does that for itself, by
    /// [`at_least`](IntegerSequence::at_least): it does not know how far the sequence was.
    ///
    /// Where the store does not know whether the item was kept, the same position is tried again and looked at: an item
    /// there that is equal counts as this one. So items differ from each other, as references to events do.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// use std::num::NonZeroU32;
    /// # use es_core::domain::Salt;
    /// # use es_core::event_store::{EventStore, Mapper};
    /// # use es_store::{MemoryRecordManager, Table};
    /// use es_structures::{BigArray, IntegerSequence, SimpleIntegerSequence};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> es_core::error::Result<()> {
    /// # let table = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
    /// # let store = EventStore::new(table, Mapper::new(), Salt::none());
    /// let size = NonZeroU32::new(1_000).expect("not 0");
    /// let names = BigArray::<String>::new(store, uuid::Uuid::new_v4(), size);
    /// let numbers = SimpleIntegerSequence::new();
    /// numbers.at_least(names.next_position().await?).await?;
    ///
    /// assert_eq!(names.assign_next(&numbers, "Ann".to_owned()).await?, 0);
    /// assert_eq!(names.assign_next(&numbers, "Bob".to_owned()).await?, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where the position was taken every time, as [`retry`](Self::retry) says; those of the sequence;
    /// and those of [`assign`](Self::assign). The item is not stored then, and the number is a hole, but for
    /// [`Error::Unknown`]: the item may be there.
    pub async fn assign_next<S: IntegerSequence + ?Sized>(
        &self,
        numbers: &S,
        item: T,
    ) -> Result<u64> {
        retry(self.retry, || async {
            let position = self.next_number(numbers).await?;
            let assigned = self.assign_for_sure(position, &item).await;
            if matches!(assigned, Err(Error::Conflict { .. })) {
                // So that nobody tries all positions that are taken, one by one.
                numbers.at_least(self.next_position().await?).await?;
            }
            assigned.map(|()| position)
        })
        .await
    }

    async fn next_number<S: IntegerSequence + ?Sized>(&self, numbers: &S) -> Result<u64> {
        let reached = &self.shared.numbers.reached;
        // Before the question: others may be given higher numbers while it is answered.
        let before = reached.load(Ordering::Acquire);
        let mut number = numbers.next().await?;
        if number < before {
            let next = self.next_position().await?.max(before);
            tracing::warn!(
                number,
                before,
                next,
                "an integer sequence went back: it is raised"
            );
            numbers.at_least(next).await?;
            number = numbers.next().await?;
        }
        reached.fetch_max(number.saturating_add(1), Ordering::AcqRel);
        Ok(number)
    }

    /// Puts an item at a position, also where the store does not know at first whether it did.
    async fn assign_for_sure(&self, position: u64, item: &T) -> Result<()> {
        match self.assign(position, item.clone()).await {
            Err(Error::Unknown(source)) => self.assign_again(position, item, source).await,
            result => result,
        }
    }

    async fn assign_again(&self, position: u64, item: &T, source: BoxError) -> Result<()> {
        match self.assign(position, item.clone()).await {
            Ok(()) => Ok(()),
            Err(conflict @ Error::Conflict { .. }) => match self.get(position).await {
                Ok(Some(found)) if found == *item => Ok(()),
                Ok(Some(_)) => Err(conflict),
                Ok(None) | Err(_) => Err(Error::Unknown(source)),
            },
            Err(_) => Err(Error::Unknown(source)),
        }
    }
}
