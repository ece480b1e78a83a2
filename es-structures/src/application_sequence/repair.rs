//! The repair of an application sequence after crashes, and after other programs that left holes.

use std::ops::Bound;
use std::sync::Arc;

use es_core::event_store::PAGE_SIZE;
use es_store::{ItemQuery, Position, RecordError};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use hashbrown::HashSet;
use tokio::time::sleep;
use uuid::Uuid;

use super::positioned_records::Inner;
use super::record_error::record_error;
use super::requests::{Assignment, Request};
use super::writer::RETRY;
use crate::array::{Reference, Settler};

/// Maximum number of sequences that are repaired at the same time, so that a repair leaves room for other work.
pub(super) const CONCURRENT_REPAIRS: usize = 16;

/// The result of [`PositionedRecords::repair`](super::PositionedRecords::repair).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RepairReport {
    /// Number of sequences that were checked.
    pub sequences: u64,
    /// Number of stored items that had no position and got one.
    pub placed: u64,
    /// Number of free positions before taken ones that were filled with tombstones.
    pub tombstones: u64,
}

impl Inner {
    pub(super) async fn repair(&self) -> Result<RepairReport, RecordError> {
        let mut report = RepairReport {
            tombstones: self.settle_holes().await?,
            ..RepairReport::default()
        };
        let mut after = None;
        loop {
            let page = self.events.last_positions(after, PAGE_SIZE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(report);
            };
            after = Some(*last);
            report.sequences += page.len() as u64;
            report.placed += self.repair_page(page).await?;
        }
    }

    /// Repairs consecutive sequences, given with their last positions; returns the number of items that got positions.
    ///
    /// The last positions were read before the index is, so an item that is appended in between is not mistaken for one
    /// without a position.
    async fn repair_page(&self, stored: Vec<(Uuid, Position)>) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let ids: Vec<_> = stored.iter().map(|(id, _)| *id).collect();
        let indexed = self.index.last_versions(&ids).await?;
        let unindexed = stored
            .into_iter()
            .filter_map(|(sequence_id, last)| match last {
                Position::Integer(position) if indexed.get(&sequence_id) < Some(&position) => {
                    Some(Reference {
                        position,
                        sequence_id,
                    })
                }
                _ => None,
            });
        let repairs = stream::iter(unindexed).map(|last| self.repair_up_to(last));
        let repairs = repairs.buffered(CONCURRENT_REPAIRS);
        repairs
            .try_fold(0, async |sum, placed| Ok(sum + placed))
            .await
    }

    /// Assigns positions to the items of a sequence that have none, up to a stored item.
    async fn repair_up_to(&self, last: Reference) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let writer = self.writer.sender()?;
        let upper = Bound::Included(last.position);
        let items = self.unpositioned(&writer, last.sequence_id, upper).await?;
        if items.is_empty() {
            return Ok(0);
        }
        let assignment = Assignment {
            earlier: Vec::new(),
            items,
            lower_bound: 0,
        };
        let assigned = writer
            .call(|reply| Request::Assign(assignment, reply))
            .await?;
        Ok(assigned.len() as u64)
    }

    /// Repairs the sequences of these items in the background, because an append of them may have stored them or not.
    pub(super) fn repair_in_background(self: &Arc<Self>, items: &[Reference]) {
        let ids: HashSet<_> = items.iter().map(|item| item.sequence_id).collect();
        for id in ids {
            let inner = Arc::clone(self);
            tokio::spawn(async move { inner.repair_twice(id).await });
        }
    }

    /// Repairs a sequence as soon as it can be read, and a second time after the timeout: the store may decide late whether
    /// it keeps the items.
    async fn repair_twice(&self, id: Uuid) {
        for _ in 0..2 {
            while let Ok(_permit) = self.background_repairs.acquire().await {
                match self.repair_sequence(id).await {
                    Ok(_) => break,
                    Err(RecordError::Closed) => return,
                    Err(error) => {
                        tracing::debug!(%id, %error, "cannot repair a sequence after an append without an answer; retrying");
                        sleep(RETRY).await;
                    }
                }
            }
            sleep(self.timeout).await;
        }
    }

    async fn repair_sequence(&self, id: Uuid) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let last = self.events.items(ItemQuery::last(id)).await?;
        let last = last.iter().map(|item| (id, item.position));
        self.repair_page(last.collect()).await
    }

    /// Fills the holes that stay open for longer than the timeout; returns their number.
    async fn settle_holes(&self) -> Result<u64, RecordError> {
        self.writer.call(Request::CatchUp).await?;
        let hole = self.cache.end();
        let next = self.array.next_position().await;
        if next.map_err(record_error)? <= hole {
            return Ok(0);
        }
        let mut settler = Settler::new(self.array.clone(), self.timeout).starting_at(hole);
        settler.settle().await.map_err(record_error)?;
        sleep(self.timeout).await;
        self.table.check_open()?;
        let settled = settler.settle().await;
        self.writer.call(Request::CatchUp).await?;
        Ok(settled.map_err(record_error)?.tombstones)
    }
}
