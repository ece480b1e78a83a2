//! Integer sequences: consecutive numbers for concurrent writers, which then never compete for a position.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use es_core::error::{Error, Result};
use es_core::event_store::EventStore;
use es_store::Position;
use uuid::Uuid;

/// A source of consecutive numbers, each of which is given out once.
///
/// Writers that use only numbers they got never compete for a position. A number that is not used leaves a hole.
#[async_trait]
pub trait IntegerSequence: Send + Sync + 'static {
    /// Returns the next number.
    ///
    /// # Errors
    ///
    /// Those of the sequence's storage. A number may then be lost; it is not given out again.
    async fn next(&self) -> Result<u64>;

    /// Raises the sequence, so that the next number is at least this one. A sequence that is higher stays as it is.
    ///
    /// This repairs a sequence that lost its state: raised to the next position of the array, it gives out no number that is
    /// in use.
    ///
    /// # Errors
    ///
    /// Those of the sequence's storage. The call may be retried.
    async fn at_least(&self, number: u64) -> Result<()>;
}

/// An integer sequence in the memory of this process, from 0 by default.
///
/// It does not outlive the process; [`resume`](Self::resume) continues after the stored items.
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
    /// Creates a sequence that starts at 0.
    #[must_use]
    pub const fn new() -> Self {
        Self::starting_at(0)
    }

    /// Creates a sequence that starts at a number.
    #[must_use]
    pub const fn starting_at(first: u64) -> Self {
        Self {
            next: AtomicU64::new(first),
        }
    }

    /// Creates a sequence that starts after the highest position of a stored sequence; at 0 if nothing is stored.
    ///
    /// If other writers are still active there, both may use the same number; the store then refuses one of them with
    /// [`Error::Conflict`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if the positions of the store are times, and those of the store.
    pub async fn resume(store: &EventStore, sequence_id: Uuid) -> Result<Self> {
        let last = store.items(sequence_id).descending().first().await?;
        let next = match last.map(|item| item.position) {
            None => 0,
            // Negative positions are not those of an integer sequence.
            Some(Position::Integer(last)) => u64::try_from(last).map_or(0, |last| last + 1),
            Some(Position::Timestamp(_) | Position::TimeUuid(_)) => {
                return Err(Error::InvalidSetting {
                    setting: "store",
                    reason:
                        "its positions are times; an integer sequence resumes from whole numbers only"
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
