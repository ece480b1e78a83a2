//! Assignment at the numbers of an integer sequence.

use std::sync::atomic::Ordering;

use es_core::domain::Payload;
use es_core::error::{Error, Result};
use es_core::retry;
use es_store::BoxError;

use super::big_array::BigArray;
use crate::integer_sequence::IntegerSequence;

impl<T: Payload> BigArray<T> {
    /// Assigns an item to the next number of an integer sequence, and returns the number.
    ///
    /// Concurrent writers conflict only if the sequence gave out a number twice, or a [`Settler`](super::settler::Settler)
    /// filled a position. If the position is taken, the item gets a new number above all taken positions.
    ///
    /// A sequence that goes back has lost its state. It is then raised to the next position of this array. This array cannot
    /// notice a loss that happened before its first number, so a program that starts raises the sequence itself, with
    /// [`at_least`](IntegerSequence::at_least).
    ///
    /// If the outcome of an assignment is unknown, the position is retried and read: an equal item there counts as this one.
    /// Items must therefore differ from each other, as references to events do.
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
    /// [`Error::Conflict`] if the position was taken in every attempt, see [`retry`](Self::retry); those of the sequence; and
    /// those of [`assign`](Self::assign). The item is then not stored, and the number is a hole. After [`Error::Unknown`] the
    /// item may be stored.
    pub async fn assign_next<S: IntegerSequence + ?Sized>(
        &self,
        numbers: &S,
        item: T,
    ) -> Result<u64> {
        retry(self.retry, || async {
            let position = self.next_number(numbers).await?;
            let assigned = self.assign_or_find(position, &item).await;
            if matches!(assigned, Err(Error::Conflict { .. })) {
                // Without this, the retries would try the taken positions one by one.
                numbers.at_least(self.next_position().await?).await?;
            }
            assigned.map(|()| position)
        })
        .await
    }

    async fn next_number<S: IntegerSequence + ?Sized>(&self, numbers: &S) -> Result<u64> {
        let next_number = &self.shared.next_number;
        // Read before the request, because clones may get higher numbers before the answer arrives.
        let before = next_number.load(Ordering::Acquire);
        let mut number = numbers.next().await?;
        if number < before {
            let next = self.next_position().await?.max(before);
            tracing::warn!(
                number,
                before,
                next,
                "an integer sequence went back, so it lost its state; raising it"
            );
            numbers.at_least(next).await?;
            number = numbers.next().await?;
        }
        next_number.fetch_max(number.saturating_add(1), Ordering::AcqRel);
        Ok(number)
    }

    /// Assigns an item to a position, and finds out the outcome if it is unknown at first.
    async fn assign_or_find(&self, position: u64, item: &T) -> Result<()> {
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
