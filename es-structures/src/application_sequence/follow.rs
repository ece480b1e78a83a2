//! Reads by record id: references from the array, then the items that they refer to.

use es_store::{Record, RecordError, RecordId};

use super::positioned_records::Inner;
use super::read_plan::ReadPlan;
use super::record_error::record_error;
use super::requests::Request;

/// Minimum number of positions that are read together, so that long runs of tombstones take few reads.
const MIN_POSITIONS: usize = 100;

/// Maximum number of positions that are read together.
const MAX_POSITIONS: usize = 5_000;

impl Inner {
    /// Returns records with ids above `after`, up to the first hole, at most `limit`.
    pub(super) async fn records(
        &self,
        after: RecordId,
        limit: usize,
    ) -> Result<Vec<Record>, RecordError> {
        let mut records = Vec::new();
        // A record id is its position plus 1, so `after` is the position of the next record.
        let mut next = after.get();
        while records.len() < limit {
            let left = limit - records.len();
            let wanted = left.clamp(MIN_POSITIONS, MAX_POSITIONS) as u64;
            let wanted = next.saturating_add(wanted);
            let mut end = self.cache.end();
            // Positions beyond the limit only serve to skip tombstones; the writer need not read the array for them.
            if end < next.saturating_add(left.min(MAX_POSITIONS) as u64) {
                self.writer.call(Request::CatchUp).await?;
                end = self.cache.end();
            }
            let stop = end.min(wanted);
            if next >= stop {
                break;
            }
            let references = self.array.items(next..stop).await;
            let references = references.map_err(record_error)?;
            // All positions before the end were taken once, so one without an item was deleted.
            let references = references.into_iter().map(Option::flatten);
            let mut references: Vec<_> = references.collect();
            references.truncate(len_of(left, &references));
            let first = next + 1;
            next += references.len() as u64;
            let plan = ReadPlan::new((first..).map(RecordId::new).zip(references));
            records.extend(plan.execute(&self.events).await?);
        }
        Ok(records)
    }
}

/// Returns the length of the prefix that holds `count` references, or all if there are fewer.
fn len_of<T>(count: usize, references: &[Option<T>]) -> usize {
    let filled = references
        .iter()
        .enumerate()
        .filter(|(_, reference)| reference.is_some());
    filled
        .map(|(index, _)| index)
        .nth(count)
        .unwrap_or(references.len())
}
