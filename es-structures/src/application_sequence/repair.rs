//! The repair: what a crash or another program has left behind.

use std::ops::Bound;
use std::sync::Arc;

use es_core::event_store::PAGE_SIZE;
use es_store::{ItemQuery, Position, RecordError};
use hashbrown::HashSet;
use tokio::time::sleep;
use uuid::Uuid;

use super::positioned_records::Parts;
use super::record_error::record_error;
use super::requests::{Ask, Job};
use super::side_by_side::side_by_side;
use super::writer::RETRY;
use crate::array::{Reference, Settler};

/// How many sequences are looked at side by side, so that a repair leaves room for others.
pub(super) const AT_A_TIME: usize = 16;

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
            let page = self.events.last_positions(after, PAGE_SIZE).await?;
            let Some((last, _)) = page.last() else {
                return Ok(repaired);
            };
            after = Some(*last);
            repaired.sequences += page.len() as u64;
            repaired.placed += self.repair_page(page).await?;
        }
    }

    /// Gives positions to what has none of sequences that follow each other, with their last positions. Those were read before
    /// the index is: what is appended in between is not looked for here.
    async fn repair_page(
        self: &Arc<Self>,
        stored: Vec<(Uuid, Position)>,
    ) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let ids: Vec<_> = stored.iter().map(|(id, _)| *id).collect();
        let noted = self.index.lasts(&ids).await?;
        let unnoted = stored
            .into_iter()
            .filter_map(|(sequence_id, last)| match last {
                Position::Integer(position) if noted.get(&sequence_id) < Some(&position) => {
                    Some(Reference {
                        position,
                        sequence_id,
                    })
                }
                _ => None,
            });
        let repair = |last| {
            let parts = Arc::clone(self);
            async move { parts.repair_up_to(last).await }
        };
        let placed = side_by_side(unnoted, AT_A_TIME, repair).await?;
        Ok(placed.iter().sum())
    }

    /// Gives positions to the items of a sequence that have none, up to one that is stored.
    async fn repair_up_to(&self, last: Reference) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let way = self.asks.way()?;
        let upper = Bound::Included(last.position);
        let missing = self.missing(&way, last.sequence_id, upper).await?;
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

    /// Looks, in the background, after sequences of which nobody knows whether these items are stored.
    pub(super) fn look_after(self: &Arc<Self>, items: &[Reference]) {
        let ids: HashSet<_> = items.iter().map(|item| item.sequence_id).collect();
        for id in ids {
            let parts = Arc::clone(self);
            tokio::spawn(async move { parts.care_for(id).await });
        }
    }

    /// Gives positions to what has none of a sequence, as soon as it can be read; and once more, for what is decided late.
    async fn care_for(self: &Arc<Self>, id: Uuid) {
        for _ in 0..2 {
            while let Ok(_turn) = self.caring.acquire().await {
                match self.repair_sequence(id).await {
                    Ok(_) => break,
                    Err(RecordError::Closed) => return,
                    Err(error) => {
                        tracing::debug!(%id, %error, "what is stored of it is looked for again");
                        sleep(RETRY).await;
                    }
                }
            }
            sleep(self.patience).await;
        }
    }

    async fn repair_sequence(self: &Arc<Self>, id: Uuid) -> Result<u64, RecordError> {
        self.table.check_open()?;
        let last = self.events.items(ItemQuery::last_of(id)).await?;
        let last = last.iter().map(|item| (id, item.position));
        self.repair_page(last.collect()).await
    }

    /// Fills the holes before taken positions that stay there for longer than the patience.
    async fn settle_holes(&self) -> Result<u64, RecordError> {
        self.asks.ask(Ask::Advance).await?;
        let hole = self.known.end();
        let next = self.array.next_position().await;
        if next.map_err(record_error)? <= hole {
            return Ok(0);
        }
        let mut settler = Settler::new(self.array.clone(), self.patience).starting_at(hole);
        settler.settle().await.map_err(record_error)?;
        sleep(self.patience).await;
        self.table.check_open()?;
        let settled = settler.settle().await;
        self.asks.ask(Ask::Advance).await?;
        Ok(settled.map_err(record_error)?.tombstones)
    }
}
