//! Whole numbers, one after another: places for those who write side by side, without a conflict.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use es_core::error::{Error, Result};
use es_core::event_store::EventStore;
use es_store::Position;
use uuid::Uuid;

/// Gives out whole numbers: each once, ascending by 1.
///
/// Who writes to the position that it was given has it for itself. A number that was given out and not used is a hole.
#[async_trait]
pub trait IntegerSequence: Send + Sync + 'static {
    /// The next number.
    ///
    /// # Errors
    ///
    /// Those of what keeps the sequence. Whether a number was used up then is not known; it is not given out again.
    async fn next(&self) -> Result<u64>;

    /// Makes every number from now on be this one or one above it; where they are already, nothing changes.
    ///
    /// It mends a sequence that forgot how far it was: raised to the next position of what is stored, it gives out no
    /// number that is in use.
    ///
    /// # Errors
    ///
    /// Those of what keeps the sequence; calling again does no harm.
    async fn at_least(&self, number: u64) -> Result<()>;
}

/// A sequence in the memory of this process: 0, 1, 2 … unless told.
///
/// It forgets: started again, it resumes from what is stored.
///
/// ```
/// use es_structures::{IntegerSequence, SimpleIntegerSequence};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> es_core::error::Result<()> {
/// let numbers = SimpleIntegerSequence::new();
/// assert_eq!((numbers.next().await?, numbers.next().await?), (0, 1));
///
/// let more = SimpleIntegerSequence::starting_at(7); // such as the next position of a `BigArray`
/// assert_eq!(more.next().await?, 7);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct SimpleIntegerSequence {
    next: AtomicU64,
}

impl SimpleIntegerSequence {
    /// From 0.
    #[must_use]
    pub const fn new() -> Self {
        Self::starting_at(0)
    }

    /// From this number.
    #[must_use]
    pub const fn starting_at(first: u64) -> Self {
        Self {
            next: AtomicU64::new(first),
        }
    }

    /// From the number after the highest position of a stored sequence; from 0 where nothing is stored.
    ///
    /// While others still write there, it may give out numbers that they use; the store refuses one of the two then,
    /// with [`Error::Conflict`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where the positions of the store are times, and those of the store.
    pub async fn resume(store: &EventStore, sequence_id: Uuid) -> Result<Self> {
        let last = store.items(sequence_id).descending().first().await?;
        let next = match last.map(|item| item.position) {
            None => 0,
            // What stands below 0 is of no sequence of ours.
            Some(Position::Integer(last)) => u64::try_from(last).map_or(0, |last| last + 1),
            Some(Position::Timestamp(_) | Position::TimeUuid(_)) => {
                return Err(Error::InvalidSetting {
                    setting: "store",
                    reason:
                        "its positions are times: an integer sequence resumes from whole numbers"
                            .to_owned(),
                });
            }
        };
        Ok(Self::starting_at(next))
    }
}

#[async_trait]
impl IntegerSequence for SimpleIntegerSequence {
    async fn next(&self) -> Result<u64> {
        Ok(self.next.fetch_add(1, Ordering::Relaxed))
    }

    async fn at_least(&self, number: u64) -> Result<()> {
        self.next.fetch_max(number, Ordering::Relaxed);
        Ok(())
    }
}
