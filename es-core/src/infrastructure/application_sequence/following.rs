//! Reading by record id: the references of the array, and what they refer to.

use std::ops::Bound;
use std::sync::Arc;

use super::asks::Ask;
use super::manager::Parts;
use super::side_by_side::side_by_side;
use crate::error::RecordError;
use crate::infrastructure::{ItemQuery, Position, Record, RecordId, Reference, SequencedItem};

/// How many sequences are read at a time.
const AT_A_TIME: usize = 64;

/// How many positions are read together.
const PAGE: u64 = 5_000;

/// Items of one sequence that follow each other there and in the array.
#[derive(Clone, Copy)]
struct Run {
    first: Reference,
    /// The record id of the first.
    id: u64,
    len: u64,
}

impl Parts {
    /// Records with an id above `after`, up to the first hole.
    pub(super) async fn records(
        &self,
        after: RecordId,
        limit: usize,
    ) -> Result<Vec<Record>, RecordError> {
        let mut records = Vec::new();
        // A record's id is one more than its position.
        let mut next = after.get();
        while records.len() < limit {
            let wanted = next
                .saturating_add((limit - records.len()) as u64)
                .min(next.saturating_add(PAGE));
            let mut end = self.known.end();
            if end < wanted {
                self.asks.ask(Ask::Advance).await?;
                end = self.known.end();
            }
            let stop = end.min(wanted);
            if next >= stop {
                break;
            }
            let references = self.array.items(next..stop).await;
            let references = references.map_err(RecordError::from_error)?;
            // All of these positions were taken once: where nothing is, it was deleted.
            let references = references.into_iter().map(Option::flatten);
            let runs = runs((next + 1..).zip(references));
            let events = &self.events;
            let read = |run: Run| run.read(Arc::clone(events));
            let found = side_by_side(runs, AT_A_TIME, read).await?;
            records.extend(found.into_iter().flatten());
            next = stop;
        }
        Ok(records)
    }
}

/// Joins what can be read together.
fn runs(references: impl Iterator<Item = (u64, Option<Reference>)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (id, reference) in references {
        let Some(first) = reference else {
            continue;
        };
        match runs.last_mut() {
            Some(run) if run.is_followed_by(id, first) => run.len += 1,
            _ => runs.push(Run { first, id, len: 1 }),
        }
    }
    runs
}

impl Run {
    fn is_followed_by(&self, id: u64, reference: Reference) -> bool {
        self.first.sequence_id == reference.sequence_id
            && self.id + self.len == id
            && self.first.position.checked_add_unsigned(self.len) == Some(reference.position)
    }

    /// An item that is not there was deleted: it is left out, as one without an id would be.
    async fn read(
        self,
        events: Arc<dyn crate::infrastructure::RecordManager>,
    ) -> Result<Vec<Record>, RecordError> {
        let first = self.first.position;
        let last = first.saturating_add_unsigned(self.len - 1);
        let mut query = ItemQuery::new(self.first.sequence_id);
        query.lower = Bound::Included(Position::Integer(first));
        query.upper = Bound::Included(Position::Integer(last));
        let items = events.items(query).await?;
        let record = |item: SequencedItem| {
            let Position::Integer(position) = item.position else {
                return None;
            };
            let id = RecordId::new(self.id + position.abs_diff(first));
            Some(Record { id, item })
        };
        Ok(items.into_iter().filter_map(record).collect())
    }
}
