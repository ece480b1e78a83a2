//! Reading by record id: the references of the array, and what they refer to.

use std::sync::Arc;

use es_store::{Record, RecordError, RecordId};

use super::positioned_records::Parts;
use super::read_plan::{Gathered, gathered};
use super::record_error::record_error;
use super::requests::Ask;
use super::side_by_side::side_by_side;

/// How many questions for items are asked at a time.
const AT_A_TIME: usize = 64;

/// How many positions are read together: the fewest, so that tombstones are passed over many at a time, and the most.
const FEWEST: usize = 100;
const MOST: usize = 5_000;

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
            let left = limit - records.len();
            let wanted = next.saturating_add(left.clamp(FEWEST, MOST) as u64);
            let mut end = self.known.end();
            // What is wanted beyond the limit is for tombstones alone: nobody is asked for it.
            if end < next.saturating_add(left.min(MOST) as u64) {
                self.asks.ask(Ask::Advance).await?;
                end = self.known.end();
            }
            let stop = end.min(wanted);
            if next >= stop {
                break;
            }
            let references = self.array.items(next..stop).await;
            let references = references.map_err(record_error)?;
            // All of these positions were taken once: where nothing is, it was deleted.
            let references = references.into_iter().map(Option::flatten);
            let mut references: Vec<_> = references.collect();
            references.truncate(len_of(left, &references));
            let first = next + 1;
            next += references.len() as u64;
            let together = gathered((first..).zip(references));
            let events = &self.events;
            let read = |items: Gathered| items.read(Arc::clone(events));
            let found = side_by_side(together, AT_A_TIME, read).await?;
            let before = records.len();
            records.extend(found.into_iter().flatten());
            records[before..].sort_unstable_by_key(|record: &Record| record.id);
        }
        Ok(records)
    }
}

/// How many places from the beginning hold so many references, or all there are.
fn len_of<T>(count: usize, places: &[Option<T>]) -> usize {
    let filled = places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.is_some());
    filled
        .map(|(index, _)| index)
        .nth(count)
        .unwrap_or(places.len())
}
