//! An append: the items, then their positions.

use std::ops::Bound;
use std::sync::Arc;

use es_store::{Appended, ItemQuery, Order, Position, RecordError, SequencedItem};
use hashbrown::HashMap;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::positioned_records::Parts;
use super::requests::{Ask, Job, Way};
use crate::array::Reference;

/// How many items of a sequence are looked at together, from the last one back.
const PAGE: usize = 100;

impl Parts {
    /// Stores items, and gives them positions.
    pub(super) async fn append(
        self: &Arc<Self>,
        items: Vec<SequencedItem>,
    ) -> Result<Appended, RecordError> {
        // Had before anything is stored: what is stored is answered, also where the table is closed meanwhile.
        let way = self.asks.way()?;
        if self.known.is_full() {
            // An index that takes no notes answers with its error.
            way.ask(Ask::Advance).await?;
        }
        let since = self.known.end();
        let references: Vec<_> = items.iter().filter_map(reference).collect();
        let missing = match self.store(&way, items, &references).await {
            Err(error @ RecordError::Unknown { .. }) => {
                self.look_after(&references);
                return Err(error);
            }
            stored => stored?,
        };
        let job = Job {
            missing,
            items: references,
            since,
        };
        way.ask(|reply| Ask::Place(job, reply)).await
    }

    /// Stores items, and answers with what was stored before them without a position.
    async fn store(
        &self,
        way: &Way,
        items: Vec<SequencedItem>,
        references: &[Reference],
    ) -> Result<Vec<Reference>, RecordError> {
        self.events.append(items.into()).await?;
        let missing = self.missing_before(way, references).await;
        missing.map_err(|error| RecordError::Unknown {
            source: Box::new(error),
        })
    }

    /// What is stored of the same sequences before these items, and has no position: where a process was ended in between, or
    /// is about to give one. The latter is waited for.
    async fn missing_before(
        &self,
        way: &Way,
        items: &[Reference],
    ) -> Result<Vec<Reference>, RecordError> {
        let mut lowest: HashMap<Uuid, i64> = HashMap::with_capacity(1);
        for item in items {
            let lowest = lowest.entry(item.sequence_id).or_insert(item.position);
            *lowest = item.position.min(*lowest);
        }
        let mut missing = Vec::new();
        for (sequence_id, position) in lowest {
            missing.extend(self.missing_below(way, sequence_id, position).await?);
        }
        Ok(missing)
    }

    async fn missing_below(
        &self,
        way: &Way,
        sequence_id: Uuid,
        position: i64,
    ) -> Result<Vec<Reference>, RecordError> {
        if position <= 0 {
            return Ok(Vec::new());
        }
        let before = Reference {
            position: position - 1,
            sequence_id,
        };
        if self.has_position(before).await? {
            return Ok(Vec::new());
        }
        self.missing(way, sequence_id, Bound::Excluded(position))
            .await
    }

    /// The items of a sequence that are stored without a position, up to a bound, in their order; those that still have none
    /// after the timeout is over.
    pub(super) async fn missing(
        &self,
        way: &Way,
        sequence_id: Uuid,
        upper: Bound<i64>,
    ) -> Result<Vec<Reference>, RecordError> {
        let deadline = Instant::now() + self.timeout;
        let mut pause = self.timeout / 128;
        loop {
            let missing = self.missing_now(way, sequence_id, upper).await?;
            if missing.is_empty() || Instant::now() >= deadline {
                return Ok(missing);
            }
            sleep(pause).await;
            pause = 2 * pause;
        }
    }

    /// From the last one back, up to the first that has a position: items get theirs in the order of their sequence.
    async fn missing_now(
        &self,
        way: &Way,
        sequence_id: Uuid,
        upper: Bound<i64>,
    ) -> Result<Vec<Reference>, RecordError> {
        let mut query = ItemQuery::new(sequence_id);
        query.upper = upper.map(Position::Integer);
        query.order = Order::Descending;
        query.limit = Some(PAGE);
        let mut missing = Vec::new();
        'pages: loop {
            let page = self.events.items(query.clone()).await?;
            let page: Vec<_> = page.iter().filter_map(reference).collect();
            let Some(last) = page.last() else {
                break;
            };
            query.upper = Bound::Excluded(Position::Integer(last.position));
            let is_last = page.len() < PAGE;
            way.ask(Ask::Advance).await?;
            for item in page {
                if self.has_position(item).await? {
                    break 'pages;
                }
                missing.push(item);
            }
            if is_last {
                break;
            }
        }
        missing.reverse();
        Ok(missing)
    }

    /// As far as the array was read. What is not known any more is noted before: so the index is asked last.
    async fn has_position(&self, item: Reference) -> Result<bool, RecordError> {
        Ok(self.known.place(item).is_some() || self.index.find(item).await?.is_some())
    }
}

/// Where an item stands. Only whole-numbered positions are referred to: the table has no others.
pub(super) fn reference(item: &SequencedItem) -> Option<Reference> {
    match item.position {
        Position::Integer(position) => Some(Reference {
            position,
            sequence_id: item.sequence_id,
        }),
        _ => None,
    }
}
