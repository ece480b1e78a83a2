//! The repair: what a crash or another program has left behind.

use std::ops::Bound;
use std::sync::Arc;

use tokio::time::sleep;
use uuid::Uuid;

use super::appending::reference;
use super::asks::{Ask, Job};
use super::manager::Parts;
use super::side_by_side::side_by_side;
use crate::error::RecordError;
use crate::infrastructure::{ItemQuery, Order, PAGE_SIZE, Reference, Settler};

/// How many sequences are looked at side by side, so that a repair leaves room for others.
const AT_A_TIME: usize = 16;

/// What a repair has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Repaired {
    /// Sequences that were looked at.
    pub sequences: u64,
    /// Stored items that had no position, and have one now.
    pub placed: u64,
    /// Positions that stayed free before others that were taken, and hold tombstones now.
    pub tombstones: u64,
}

impl Parts {
    pub(super) async fn repair(self: &Arc<Self>) -> Result<Repaired, RecordError> {
        let mut repaired = Repaired {
            tombstones: self.settle_holes().await?,
            ..Repaired::default()
        };
        let mut after = None;
        loop {
            let page = self.events.sequence_ids(after, PAGE_SIZE).await?;
            after = page.last().copied();
            repaired.sequences += page.len() as u64;
            let is_last = page.len() < PAGE_SIZE;
            let parts = Arc::clone(self);
            let repair = move |id| {
                let parts = Arc::clone(&parts);
                async move { parts.repair_sequence(id).await }
            };
            let placed = side_by_side(page, AT_A_TIME, repair).await?;
            repaired.placed += placed.iter().sum::<u64>();
            if is_last {
                return Ok(repaired);
            }
        }
    }

    /// Gives positions to the items at the end of a sequence that have none.
    async fn repair_sequence(&self, id: Uuid) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let mut query = ItemQuery::new(id);
        query.order = Order::Descending;
        query.limit = Some(1);
        let last = self.events.items(query).await?;
        let Some(Reference {
            position: stored, ..
        }) = last.first().and_then(reference)
        else {
            return Ok(0);
        };
        if self.index.last(id).await? >= Some(stored) {
            return Ok(0);
        }
        let way = self.asks.way()?;
        let missing = self.missing(&way, id, Bound::Included(stored)).await?;
        if missing.is_empty() {
            return Ok(0);
        }
        let job = Job {
            missing: Vec::new(),
            items: missing,
            since: 0,
        };
        let placed = way.ask(|reply| Ask::Place(job, reply)).await?;
        Ok(placed.len() as u64)
    }

    /// Fills the holes before taken positions that stay there for longer than the patience.
    async fn settle_holes(&self) -> Result<u64, RecordError> {
        self.asks.ask(Ask::Advance).await?;
        let hole = self.known.end();
        let next = self.array.next_position().await;
        if next.map_err(RecordError::from_error)? <= hole {
            return Ok(0);
        }
        let mut settler = Settler::new(self.array.clone(), self.patience).starting_at(hole);
        settler.settle().await.map_err(RecordError::from_error)?;
        sleep(self.patience).await;
        self.table.check_open()?;
        let settled = settler.settle().await;
        self.asks.ask(Ask::Advance).await?;
        Ok(settled.map_err(RecordError::from_error)?.tombstones)
    }
}
