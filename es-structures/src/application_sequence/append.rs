//! An append: stores the items, then requests their positions.

use std::ops::Bound;
use std::sync::Arc;

use es_store::{Appended, ItemQuery, Order, Position, RecordError, SequencedItem};
use hashbrown::HashMap;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::positioned_records::Inner;
use super::requests::{Assignment, Request, RequestSender};
use crate::array::Reference;

/// Number of items that are read at a time, from the last item of a sequence back.
const PAGE: usize = 100;

impl Inner {
    /// Stores items and gets positions for them.
    pub(super) async fn append(
        self: &Arc<Self>,
        items: Vec<SequencedItem>,
    ) -> Result<Appended, RecordError> {
        // Taken before anything is stored: the writer then answers even if the table is closed meanwhile.
        let writer = self.writer.sender()?;
        if self.cache.is_full() {
            // The answer is the error of the index if that still rejects writes.
            writer.call(Request::CatchUp).await?;
        }
        let lower_bound = self.cache.end();
        let references: Vec<_> = items.iter().filter_map(reference).collect();
        let earlier = match self.store(&writer, items, &references).await {
            Err(error @ RecordError::Unknown { .. }) => {
                self.repair_in_background(&references);
                return Err(error);
            }
            stored => stored?,
        };
        let assignment = Assignment {
            earlier,
            items: references,
            lower_bound,
        };
        writer
            .call(|reply| Request::Assign(assignment, reply))
            .await
    }

    /// Stores items, and returns the earlier items of their sequences that have no position.
    async fn store(
        &self,
        writer: &RequestSender,
        items: Vec<SequencedItem>,
        references: &[Reference],
    ) -> Result<Vec<Reference>, RecordError> {
        self.events.append(items.into()).await?;
        let earlier = self.unpositioned_before(writer, references).await;
        // The items are stored, so no other error may be returned as it is.
        earlier.map_err(|error| RecordError::Unknown {
            source: Box::new(error),
        })
    }

    /// Returns the stored items that precede these in their sequences and have no position, because another process crashed
    /// before it requested one. A process that is about to request it is given the timeout.
    async fn unpositioned_before(
        &self,
        writer: &RequestSender,
        items: &[Reference],
    ) -> Result<Vec<Reference>, RecordError> {
        let mut lowest: HashMap<Uuid, i64> = HashMap::with_capacity(1);
        for item in items {
            let lowest = lowest.entry(item.sequence_id).or_insert(item.position);
            *lowest = item.position.min(*lowest);
        }
        let mut unpositioned = Vec::new();
        for (sequence_id, position) in lowest {
            unpositioned.extend(
                self.unpositioned_below(writer, sequence_id, position)
                    .await?,
            );
        }
        Ok(unpositioned)
    }

    async fn unpositioned_below(
        &self,
        writer: &RequestSender,
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
        self.unpositioned(writer, sequence_id, Bound::Excluded(position))
            .await
    }

    /// Returns the items of a sequence up to a bound that are stored but have no position after the timeout, in their order.
    pub(super) async fn unpositioned(
        &self,
        writer: &RequestSender,
        sequence_id: Uuid,
        upper: Bound<i64>,
    ) -> Result<Vec<Reference>, RecordError> {
        let deadline = Instant::now() + self.timeout;
        let mut pause = self.timeout / 128;
        loop {
            let found = self.find_unpositioned(writer, sequence_id, upper).await?;
            if found.is_empty() || Instant::now() >= deadline {
                return Ok(found);
            }
            sleep(pause).await;
            pause = 2 * pause;
        }
    }

    /// Reads back from the bound to the first item that has a position. Items get positions in the order of their sequence,
    /// so all items before that one have positions too.
    async fn find_unpositioned(
        &self,
        writer: &RequestSender,
        sequence_id: Uuid,
        upper: Bound<i64>,
    ) -> Result<Vec<Reference>, RecordError> {
        let mut query = ItemQuery::new(sequence_id);
        query.upper = upper.map(Position::Integer);
        query.order = Order::Descending;
        query.limit = Some(PAGE);
        let mut unpositioned = Vec::new();
        'pages: loop {
            let page = self.events.items(query.clone()).await?;
            let page: Vec<_> = page.iter().filter_map(reference).collect();
            let Some(last) = page.last() else {
                break;
            };
            query.upper = Bound::Excluded(Position::Integer(last.position));
            let is_last = page.len() < PAGE;
            writer.call(Request::CatchUp).await?;
            for item in page {
                if self.has_position(item).await? {
                    break 'pages;
                }
                unpositioned.push(item);
            }
            if is_last {
                break;
            }
        }
        unpositioned.reverse();
        Ok(unpositioned)
    }

    /// Returns whether an item has a position, as far as this process has read the array.
    ///
    /// The cache drops an entry only after the index has it, so the index is asked second.
    async fn has_position(&self, item: Reference) -> Result<bool, RecordError> {
        Ok(self.cache.position(item).is_some() || self.index.find(item).await?.is_some())
    }
}

/// Returns the reference to an item. Tables with other positions than whole numbers were refused when they were opened.
pub(super) fn reference(item: &SequencedItem) -> Option<Reference> {
    match item.position {
        Position::Integer(position) => Some(Reference {
            position,
            sequence_id: item.sequence_id,
        }),
        _ => None,
    }
}
