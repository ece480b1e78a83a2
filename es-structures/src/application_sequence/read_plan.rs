//! References that are scattered over sequences, put together so that few questions read what they refer to.

use std::ops::Bound;
use std::sync::Arc;

use es_store::{ItemQuery, Position, Record, RecordError, RecordId, SequencedItem};
use hashbrown::HashMap;
use uuid::Uuid;

use super::BulkRead;
use crate::array::Reference;

/// How many sequences are read by one question. There are servers that take no more in one statement.
const SEQUENCES: usize = 20;

/// Items that are read by one question, with their record ids.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Gathered {
    /// That follow each other in one sequence.
    Run { first: Reference, ids: Vec<u64> },
    /// That stand at the same position of several.
    Across {
        position: i64,
        ids: Vec<(Uuid, u64)>,
    },
}

/// All references that are none, as those of tombstones, are left out.
pub(super) fn gathered(
    references: impl Iterator<Item = (u64, Option<Reference>)>,
) -> Vec<Gathered> {
    let mut found: Vec<_> = references
        .filter_map(|(id, reference)| Some((reference?, id)))
        .collect();
    found.sort_unstable_by_key(|(item, id)| (item.sequence_id, item.position, *id));
    let follows = |one: &(Reference, u64), next: &(Reference, u64)| {
        one.0.sequence_id == next.0.sequence_id
            && one.0.position.checked_add(1) == Some(next.0.position)
    };
    let (mut gathered, mut single) = (Vec::new(), Vec::new());
    for run in found.chunk_by(follows) {
        match run {
            [one] => single.push(*one),
            run => gathered.push(Gathered::run(run)),
        }
    }
    single.sort_by_key(|(item, _)| item.position);
    let at_one_position =
        |one: &(Reference, u64), next: &(Reference, u64)| one.0.position == next.0.position;
    for across in single.chunk_by(at_one_position) {
        gathered.extend(across.chunks(SEQUENCES).map(Gathered::across));
    }
    gathered
}

impl Gathered {
    fn run(items: &[(Reference, u64)]) -> Self {
        Self::Run {
            first: items[0].0,
            ids: items.iter().map(|(_, id)| *id).collect(),
        }
    }

    fn across(items: &[(Reference, u64)]) -> Self {
        if items.len() == 1 {
            return Self::run(items);
        }
        let ids = items.iter().map(|(item, id)| (item.sequence_id, *id));
        Self::Across {
            position: items[0].0.position,
            ids: ids.collect(),
        }
    }

    /// An item that is not there was deleted: it is left out, as one without an id would be.
    pub(super) async fn read(self, events: Arc<dyn BulkRead>) -> Result<Vec<Record>, RecordError> {
        match self {
            Self::Run { first, ids } => read_run(&*events, first, &ids).await,
            Self::Across { position, ids } => read_across(&*events, position, &ids).await,
        }
    }
}

async fn read_run(
    events: &dyn BulkRead,
    first: Reference,
    ids: &[u64],
) -> Result<Vec<Record>, RecordError> {
    let last = first.position.saturating_add_unsigned(ids.len() as u64 - 1);
    let mut query = ItemQuery::new(first.sequence_id);
    query.lower = Bound::Included(Position::Integer(first.position));
    query.upper = Bound::Included(Position::Integer(last));
    let record = |item: SequencedItem| {
        let Position::Integer(position) = item.position else {
            return None;
        };
        let place = usize::try_from(position.abs_diff(first.position)).ok()?;
        Some(record(*ids.get(place)?, item))
    };
    let items = events.items(query).await?;
    Ok(items.into_iter().filter_map(record).collect())
}

async fn read_across(
    events: &dyn BulkRead,
    position: i64,
    ids: &[(Uuid, u64)],
) -> Result<Vec<Record>, RecordError> {
    let sequences = ids.iter().map(|(sequence_id, _)| *sequence_id).collect();
    let items = events.items_at(position.into(), sequences).await?;
    let items: HashMap<_, _> = items
        .into_iter()
        .map(|item| (item.sequence_id, item))
        .collect();
    let record = |(sequence_id, id): &(Uuid, u64)| {
        let item = items.get(sequence_id)?;
        Some(record(*id, item.clone()))
    };
    Ok(ids.iter().filter_map(record).collect())
}

fn record(id: u64, item: SequencedItem) -> Record {
    Record {
        id: RecordId::new(id),
        item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// References in their order, each by the number of its sequence and its position.
    fn of(references: &[(u128, i64)]) -> Vec<Gathered> {
        let references = references.iter().map(|&(sequence, position)| {
            Some(Reference {
                position,
                sequence_id: Uuid::from_u128(sequence),
            })
        });
        gathered((1..).zip(references))
    }

    fn run(sequence: u128, position: i64, ids: &[u64]) -> Gathered {
        let sequence_id = Uuid::from_u128(sequence);
        Gathered::Run {
            first: Reference {
                position,
                sequence_id,
            },
            ids: ids.to_vec(),
        }
    }

    fn across(position: i64, ids: &[(u128, u64)]) -> Gathered {
        let ids = ids
            .iter()
            .map(|(id, number)| (Uuid::from_u128(*id), *number));
        Gathered::Across {
            position,
            ids: ids.collect(),
        }
    }

    #[test]
    fn what_follows_in_a_sequence_is_read_together_whatever_stands_between() {
        let found = of(&[(1, 0), (2, 7), (1, 1), (3, 4), (2, 8), (1, 3)]);
        let expected = [
            run(1, 0, &[1, 3]),
            run(2, 7, &[2, 5]),
            run(1, 3, &[6]),
            run(3, 4, &[4]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_at_one_position_of_several_sequences_is_read_together() {
        let found = of(&[(3, 0), (1, 5), (2, 0), (1, 0), (4, 5)]);
        let expected = [
            across(0, &[(1, 4), (2, 3), (3, 1)]),
            across(5, &[(1, 2), (4, 5)]),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_question_is_for_few_sequences() {
        let scattered: Vec<_> = (0..45).map(|sequence| (sequence, 0)).collect();
        let found = of(&scattered);
        let lengths: Vec<_> = found
            .iter()
            .map(|one| match one {
                Gathered::Run { ids, .. } => ids.len(),
                Gathered::Across { ids, .. } => ids.len(),
            })
            .collect();
        assert_eq!(lengths, [20, 20, 5]);
    }

    #[test]
    fn an_item_that_is_referred_to_twice_is_found_twice() {
        assert_eq!(of(&[(1, 0), (1, 0)]), [across(0, &[(1, 1), (1, 2)])]);
        let (last, none) = (i64::MAX, None);
        assert_eq!(of(&[(1, last), (1, last - 1)]), [run(1, last - 1, &[2, 1])]);
        assert!(gathered([(1, none)].into_iter()).is_empty());
    }
}
