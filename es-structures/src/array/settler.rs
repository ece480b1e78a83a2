use std::collections::VecDeque;
use std::time::Duration;

use es_core::domain::Payload;
use es_core::error::{Error, Result};
use tokio::time::Instant;

use super::big_array::BigArray;

/// How many marks are kept at most, about.
const MARKS: u32 = 8;

/// Settles the holes of a big array: positions below the highest whose writers did not come. A hole that stays open for
/// longer than a patience is filled with a tombstone, JSON `null`. It is put there as any item is, so that a writer who
/// comes later after all is refused with [`Error::Conflict`] and takes another number, and two who settle the same holes do
/// no harm.
///
/// The patience is longer than a writer takes from its number to its item. A position at the end is no hole: nothing is
/// above it.
///
/// Positions are assigned once. So one that is open now was open all the time, and was a hole since something above it was
/// seen. That is all that a settler remembers, however many holes there are: when it saw how far the array went.
///
/// ```
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # use std::num::NonZeroU32;
/// # use es_core::domain::Salt;
/// # use es_core::event_store::{EventStore, Mapper};
/// # use es_store::{MemoryRecordManager, Table};
/// use es_structures::{BigArray, Settler};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> es_core::error::Result<()> {
/// # let table = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
/// # let store = EventStore::new(table, Mapper::new(), Salt::none());
/// # let size = NonZeroU32::new(1_000).expect("not 0");
/// let names = BigArray::<Option<String>>::new(store, uuid::Uuid::new_v4(), size);
/// names.assign(0, Some("Ann".to_owned())).await?;
/// names.assign(2, Some("Cid".to_owned())).await?; // and 1 was lost
///
/// # let patience = Duration::ZERO;
/// let mut settler = Settler::new(names.clone(), patience); // such as 30 seconds
/// let settled = settler.settle().await?; // once in a while
/// assert_eq!((settled.tombstones, settled.below), (1, 3));
/// assert_eq!(names.get(1).await?, Some(None));
/// # Ok(())
/// # }
/// ```
pub struct Settler<T> {
    array: BigArray<Option<T>>,
    patience: Duration,
    /// How far the array went, and when that was seen; the latest last.
    marks: VecDeque<Mark>,
    /// The holes below this position were open for as long as the patience.
    ripe: u64,
    /// No position below this one is open.
    below: u64,
}

struct Mark {
    seen: Instant,
    next_position: u64,
}

/// What a pass of a [`Settler`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Settled {
    /// How many holes it filled with tombstones.
    pub tombstones: u64,
    /// How many holes others filled before it could: late writers, or others who settle.
    pub filled: u64,
    /// No position below this one is open.
    pub below: u64,
}

impl<T: Payload> Settler<T> {
    /// For the holes that it sees open for at least so long.
    #[must_use]
    pub fn new(array: BigArray<Option<T>>, patience: Duration) -> Self {
        Self {
            array,
            patience,
            marks: VecDeque::new(),
            ripe: 0,
            below: 0,
        }
    }

    /// Begins at a position below which none is open, such as an earlier [`Settled::below`]: the first pass reads from
    /// there on, not from 0.
    #[must_use]
    pub fn starting_at(mut self, position: u64) -> Self {
        self.below = position;
        self
    }

    /// Looks how far the array goes, and settles the holes that were seen for long enough. Call it again and again: holes
    /// are settled by the first pass that comes a patience after one that saw them, which may be an eighth of the patience
    /// late.
    ///
    /// # Errors
    ///
    /// Those of [`BigArray::next_position`], [`BigArray::get`] and [`BigArray::assign`]. Calling again goes on where it
    /// stopped.
    pub async fn settle(&mut self) -> Result<Settled> {
        let next_position = self.array.next_position().await?;
        self.look(Instant::now(), next_position);
        let mut settled = Settled::default();
        let mut items = self.array.slice(self.below..self.ripe);
        while let Some(item) = items.next().await {
            if item?.is_none() {
                // Links and all: whole arrays of it may be missing.
                match self.array.assign(self.below, None).await {
                    Ok(()) => settled.tombstones += 1,
                    Err(Error::Conflict { .. }) => settled.filled += 1,
                    Err(error) => return Err(error),
                }
            }
            self.below += 1;
        }
        settled.below = self.below;
        if settled.tombstones > 0 {
            let Settled { tombstones, .. } = settled;
            tracing::info!(tombstones, below = self.below, "holes were settled");
        }
        Ok(settled)
    }

    /// Remembers how far the array goes now, and what was seen so far a patience ago.
    fn look(&mut self, now: Instant, next_position: u64) {
        let last = self.marks.back();
        let is_new = last.is_none_or(|last| {
            last.next_position < next_position && now - last.seen >= self.patience / MARKS
        });
        if is_new && next_position > self.ripe {
            self.marks.push_back(Mark {
                seen: now,
                next_position,
            });
        }
        while let Some(mark) = self.marks.front() {
            if now - mark.seen < self.patience {
                break;
            }
            self.ripe = self.ripe.max(mark.next_position);
            self.marks.pop_front();
        }
    }
}
