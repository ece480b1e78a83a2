//! The read plan of a follower: few queries for items that are scattered over sequences.

use std::ops::Bound;
use std::sync::Arc;

use es_store::{ItemQuery, Position, Record, RecordError, RecordId, SequencedItem};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use hashbrown::HashMap;
use uuid::Uuid;

use super::BulkRead;
use crate::array::Reference;

/// Maximum number of sequences in one query. Some servers reject longer lists in one statement.
const MAX_SEQUENCES: usize = 20;

/// Maximum number of queries that run at the same time.
const CONCURRENT_QUERIES: usize = 64;

/// The queries that read the items of some references.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ReadPlan(Vec<Query>);

/// A query, with the record ids of the items that it reads.
#[derive(Debug, PartialEq, Eq)]
enum Query {
    /// Items at consecutive positions of one sequence.
    Range {
        first: Reference,
        record_ids: Vec<RecordId>,
    },
    /// Items at one position of several sequences.
    Across {
        position: i64,
        record_ids: Vec<(Uuid, RecordId)>,
    },
}

impl ReadPlan {
    /// Plans the reads of references with their record ids. Tombstones, which are `None`, are left out.
    pub(super) fn new(references: impl Iterator<Item = (RecordId, Option<Reference>)>) -> Self {
        let mut items: Vec<_> = references
            .filter_map(|(id, reference)| Some((reference?, id)))
            .collect();
        items.sort_unstable_by_key(|(item, id)| (item.sequence_id, item.position, *id));
        let follows = |one: &(Reference, RecordId), next: &(Reference, RecordId)| {
            one.0.sequence_id == next.0.sequence_id
                && one.0.position.checked_add(1) == Some(next.0.position)
        };
        let (mut queries, mut single) = (Vec::new(), Vec::new());
        for run in items.chunk_by(follows) {
            match run {
                [one] => single.push(*one),
                run => queries.push(Query::range(run)),
            }
        }
        single.sort_by_key(|(item, _)| item.position);
        let at_one_position = |one: &(Reference, RecordId), next: &(Reference, RecordId)| {
            one.0.position == next.0.position
        };
        for across in single.chunk_by(at_one_position) {
            queries.extend(across.chunks(MAX_SEQUENCES).map(Query::across));
        }
        Self(queries)
    }

    /// Runs the queries and returns the records in the order of their ids. Items that were deleted meanwhile are left out.
    ///
    /// # Errors
    ///
    /// The error of the first query that fails, in the order of the plan. The other queries are cancelled.
    pub(super) async fn execute(
        self,
        events: &Arc<dyn BulkRead>,
    ) -> Result<Vec<Record>, RecordError> {
        let reads = stream::iter(self.0).map(|query| query.read(Arc::clone(events)));
        let reads = reads.buffered(CONCURRENT_QUERIES);
        let mut records: Vec<Record> = reads.try_concat().await?;
        records.sort_unstable_by_key(|record| record.id);
        Ok(records)
    }
}

impl Query {
    fn range(items: &[(Reference, RecordId)]) -> Self {
        Self::Range {
            first: items[0].0,
            record_ids: items.iter().map(|(_, id)| *id).collect(),
        }
    }

    fn across(items: &[(Reference, RecordId)]) -> Self {
        if items.len() == 1 {
            return Self::range(items);
        }
        let record_ids = items.iter().map(|(item, id)| (item.sequence_id, *id));
        Self::Across {
            position: items[0].0.position,
            record_ids: record_ids.collect(),
        }
    }

    async fn read(self, events: Arc<dyn BulkRead>) -> Result<Vec<Record>, RecordError> {
        match self {
            Self::Range { first, record_ids } => read_range(&*events, first, &record_ids).await,
            Self::Across {
                position,
                record_ids,
            } => read_across(&*events, position, &record_ids).await,
        }
    }
}

async fn read_range(
    events: &dyn BulkRead,
    first: Reference,
    record_ids: &[RecordId],
) -> Result<Vec<Record>, RecordError> {
    let last = first
        .position
        .saturating_add_unsigned(record_ids.len() as u64 - 1);
    let mut query = ItemQuery::new(first.sequence_id);
    query.lower = Bound::Included(Position::Integer(first.position));
    query.upper = Bound::Included(Position::Integer(last));
    let record = |item: SequencedItem| {
        let Position::Integer(position) = item.position else {
            return None;
        };
        let index = usize::try_from(position.abs_diff(first.position)).ok()?;
        Some(record(*record_ids.get(index)?, item))
    };
    let items = events.items(query).await?;
    Ok(items.into_iter().filter_map(record).collect())
}

async fn read_across(
    events: &dyn BulkRead,
    position: i64,
    record_ids: &[(Uuid, RecordId)],
) -> Result<Vec<Record>, RecordError> {
    let sequence_ids = record_ids.iter().map(|(sequence_id, _)| *sequence_id);
    let items = events
        .items_at(position.into(), sequence_ids.collect())
        .await?;
    let items: HashMap<_, _> = items
        .into_iter()
        .map(|item| (item.sequence_id, item))
        .collect();
    let record = |(sequence_id, id): &(Uuid, RecordId)| {
        let item = items.get(sequence_id)?;
        Some(record(*id, item.clone()))
    };
    Ok(record_ids.iter().filter_map(record).collect())
}

fn record(id: RecordId, item: SequencedItem) -> Record {
    Record { id, item }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plans the reads of references, each given by the number of its sequence and its position, with record ids from 1.
    fn plan(references: &[(u128, i64)]) -> Vec<Query> {
        let references = references.iter().map(|&(sequence, position)| {
            Some(Reference {
                position,
                sequence_id: Uuid::from_u128(sequence),
            })
        });
        ReadPlan::new((1..).map(RecordId::new).zip(references)).0
    }

    fn range(sequence: u128, position: i64, record_ids: &[u64]) -> Query {
        let sequence_id = Uuid::from_u128(sequence);
        Query::Range {
            first: Reference {
                position,
                sequence_id,
            },
            record_ids: record_ids.iter().copied().map(RecordId::new).collect(),
        }
    }

    fn across(position: i64, record_ids: &[(u128, u64)]) -> Query {
        let record_ids = record_ids
            .iter()
            .map(|(id, record_id)| (Uuid::from_u128(*id), RecordId::new(*record_id)));
        Query::Across {
            position,
            record_ids: record_ids.collect(),
        }
    }

    #[test]
    fn consecutive_items_of_a_sequence_are_read_together_even_if_others_are_in_between() {
        let planned = plan(&[(1, 0), (2, 7), (1, 1), (3, 4), (2, 8), (1, 3)]);
        let expected = [
            range(1, 0, &[1, 3]),
            range(2, 7, &[2, 5]),
            range(1, 3, &[6]),
            range(3, 4, &[4]),
        ];
        assert_eq!(planned, expected);
    }

    #[test]
    fn items_at_one_position_of_several_sequences_are_read_together() {
        let planned = plan(&[(3, 0), (1, 5), (2, 0), (1, 0), (4, 5)]);
        let expected = [
            across(0, &[(1, 4), (2, 3), (3, 1)]),
            across(5, &[(1, 2), (4, 5)]),
        ];
        assert_eq!(planned, expected);
    }

    #[test]
    fn a_query_reads_few_sequences() {
        let scattered: Vec<_> = (0..45).map(|sequence| (sequence, 0)).collect();
        let planned = plan(&scattered);
        let lengths: Vec<_> = planned
            .iter()
            .map(|query| match query {
                Query::Range { record_ids, .. } => record_ids.len(),
                Query::Across { record_ids, .. } => record_ids.len(),
            })
            .collect();
        assert_eq!(lengths, [20, 20, 5]);
    }

    #[test]
    fn an_item_with_two_references_is_read_for_both() {
        assert_eq!(plan(&[(1, 0), (1, 0)]), [across(0, &[(1, 1), (1, 2)])]);
        let last = i64::MAX;
        let planned = plan(&[(1, last), (1, last - 1)]);
        assert_eq!(planned, [range(1, last - 1, &[2, 1])]);
        assert_eq!(
            ReadPlan::new([(RecordId::new(1), None)].into_iter()),
            ReadPlan(Vec::new())
        );
    }
}
