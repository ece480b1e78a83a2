//! A settler: fills holes of big arrays that stay open.

use std::collections::VecDeque;
use std::time::Duration;

use es_core::domain::Payload;
use es_core::error::{Error, Result};
use tokio::time::Instant;

use super::big_array::BigArray;

/// Approximate maximum number of observations that are kept.
const MAX_OBSERVATIONS: u32 = 8;

/// Fills the holes of a big array: free positions below the highest taken one, left by writers that crashed. A hole that
/// stays open for longer than a timeout gets a tombstone, JSON `null`.
///
/// A tombstone is assigned as any item is. A writer that is merely late then gets [`Error::Conflict`] and takes another
/// number, and any number of settlers may run at the same time.
///
/// Choose a timeout that is longer than a writer takes from its number to its item. A free position at the end is no hole.
///
/// A taken position never becomes free. A settler therefore records only pairs of a time and the end of the array at that
/// time: every position below a recorded end that is still free has been a hole since then.
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
/// # let timeout = Duration::ZERO;
/// let mut settler = Settler::new(names.clone(), timeout); // such as 30 seconds
/// let report = settler.settle().await?; // once in a while
/// assert_eq!((report.tombstones, report.settled_below), (1, 3));
/// assert_eq!(names.get(1).await?, Some(None));
/// # Ok(())
/// # }
/// ```
pub struct Settler<T> {
    array: BigArray<Option<T>>,
    timeout: Duration,
    /// The ends of the array that were seen less than a timeout ago; the latest last.
    observations: VecDeque<Observation>,
    /// Holes below this position have been open for the timeout.
    expired_below: u64,
    /// The position below which none is free.
    settled_below: u64,
}

/// The end of the array at a time.
struct Observation {
    seen_at: Instant,
    next_position: u64,
}

/// The result of a pass of a [`Settler`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SettleReport {
    /// Number of holes that were filled with tombstones.
    pub tombstones: u64,
    /// Number of holes that late writers or other settlers filled during the pass.
    pub filled: u64,
    /// The position below which none is free.
    pub settled_below: u64,
}

impl<T: Payload> Settler<T> {
    /// Creates a settler that fills holes after it has seen them open for the timeout.
    #[must_use]
    pub fn new(array: BigArray<Option<T>>, timeout: Duration) -> Self {
        Self {
            array,
            timeout,
            observations: VecDeque::new(),
            expired_below: 0,
            settled_below: 0,
        }
    }

    /// Starts at a position below which none is free, such as an earlier [`SettleReport::settled_below`]. The first pass then reads
    /// the array from there, not from 0.
    #[must_use]
    pub fn starting_at(mut self, position: u64) -> Self {
        self.settled_below = position;
        self
    }

    /// Fills the holes that have been open for the timeout. Call it regularly.
    ///
    /// A pass fills the holes that an earlier pass, at least one timeout ago, saw. That may be up to an eighth of the timeout
    /// late, because passes that follow each other quickly are not all remembered.
    ///
    /// # Errors
    ///
    /// Those of [`BigArray::next_position`], [`BigArray::get`] and [`BigArray::assign`]. The next pass continues at the hole
    /// that failed.
    pub async fn settle(&mut self) -> Result<SettleReport> {
        let next_position = self.array.next_position().await?;
        self.observe(Instant::now(), next_position);
        let mut settled = SettleReport::default();
        let mut items = self.array.slice(self.settled_below..self.expired_below);
        while let Some(item) = items.next().await {
            if item?.is_none() {
                // `assign` also stores missing links: a hole may span whole base arrays.
                match self.array.assign(self.settled_below, None).await {
                    Ok(()) => settled.tombstones += 1,
                    Err(Error::Conflict { .. }) => settled.filled += 1,
                    Err(error) => return Err(error),
                }
            }
            self.settled_below += 1;
        }
        settled.settled_below = self.settled_below;
        if settled.tombstones > 0 {
            let SettleReport { tombstones, .. } = settled;
            tracing::info!(
                tombstones,
                below = self.settled_below,
                "filled holes of a big array with tombstones"
            );
        }
        Ok(settled)
    }

    /// Remembers the current end of the array, and expires the holes below the ends that were seen a timeout ago.
    fn observe(&mut self, now: Instant, next_position: u64) {
        let last = self.observations.back();
        let is_new = last.is_none_or(|last| {
            last.next_position < next_position
                && now - last.seen_at >= self.timeout / MAX_OBSERVATIONS
        });
        if is_new && next_position > self.expired_below {
            self.observations.push_back(Observation {
                seen_at: now,
                next_position,
            });
        }
        while let Some(observation) = self.observations.front() {
            if now - observation.seen_at < self.timeout {
                break;
            }
            self.expired_below = self.expired_below.max(observation.next_position);
            self.observations.pop_front();
        }
    }
}
