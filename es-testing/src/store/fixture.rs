//! A database of the store under test, and assertions of the cases.

use std::fmt::Debug;
use std::sync::Arc;

use es_store::{
    ItemQuery, Position, PositionKind, Record, RecordError, RecordId, RecordIds, RecordManager,
    SequencedItem, Table, TimeUuid, Timestamp, Topic,
};
use uuid::{Builder, Uuid};

use super::case::Inapplicable;
use super::{Backend, Reach};

/// A new database of the store under test, with the table that a case uses.
#[derive(Clone)]
pub(super) struct Fixture {
    backend: Arc<dyn Backend>,
    name: String,
    pub(super) table: Table,
}

pub(super) type Store = Arc<dyn RecordManager>;

impl Fixture {
    pub(super) fn new(backend: Arc<dyn Backend>, table: Table) -> Self {
        let name = format!("es_{}", Uuid::new_v4().simple());
        Self {
            backend,
            name,
            table,
        }
    }

    /// Opens the table without creating it.
    pub(super) async fn open(&self) -> Store {
        self.open_as(self.table.clone()).await
    }

    pub(super) async fn open_as(&self, table: Table) -> Store {
        self.try_open_as(table).await.expect("the store opens")
    }

    pub(super) async fn try_open_as(&self, table: Table) -> Result<Store, RecordError> {
        self.backend.open(&self.name, table).await
    }

    /// Opens the table, and creates it if it is absent.
    pub(super) async fn store(&self) -> Store {
        let store = self.open().await;
        store.setup().await.expect("the table is created");
        store
    }

    /// Returns position number `n`: the integer `n`, or a time in the order of `n`.
    pub(super) fn position(&self, n: i64) -> Position {
        match self.table.position_kind {
            PositionKind::Integer => Position::Integer(n),
            PositionKind::Timestamp => Position::Timestamp(Timestamp::from_micros(
                1_516_884_000_500_000 + n * 1_000_001,
            )),
            PositionKind::TimeUuid => Position::TimeUuid(time_uuid(n)),
        }
    }

    pub(super) fn item(&self, sequence_id: Uuid, n: i64) -> SequencedItem {
        self.item_with(sequence_id, n, &format!("{{\"n\":{n}}}"))
    }

    pub(super) fn item_with(&self, sequence_id: Uuid, n: i64, data: &str) -> SequencedItem {
        SequencedItem {
            sequence_id,
            position: self.position(n),
            topic: Topic::new("World.Happened"),
            data: data.into(),
        }
    }

    pub(super) fn list(&self, sequence_id: Uuid, numbers: &[i64]) -> Vec<SequencedItem> {
        numbers.iter().map(|n| self.item(sequence_id, *n)).collect()
    }

    pub(super) fn require_reach(&self, reach: Reach) -> Result<(), Inapplicable> {
        if self.backend.reach() >= reach {
            return Ok(());
        }
        Err(Inapplicable(match reach {
            Reach::Durable => "the data of this store ends with its handles",
            _ => "each handle of this store opens an empty database",
        }))
    }

    pub(super) fn require_data_size(&self, bytes: usize) -> Result<(), Inapplicable> {
        match self.backend.largest_data() {
            Some(largest) if largest < bytes => {
                Err(Inapplicable("the text is larger than the store's maximum"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn require_record_ids(&self) -> Result<(), Inapplicable> {
        match self.table.record_id {
            Some(_) => Ok(()),
            None => Err(Inapplicable("the table has no record ids")),
        }
    }

    /// Returns whether a case that does not require record ids can check them too.
    pub(super) fn has_record_ids(&self) -> bool {
        self.require_record_ids().is_ok()
    }
}

/// Returns time UUID number `n`. Groups of four have the same time and differ in the other bytes,
/// which are ordered as signed numbers.
fn time_uuid(n: i64) -> TimeUuid {
    let steps = 137_361_216_005_000_000
        + u64::try_from(n.div_euclid(4) + 1_000).expect("n is at least -4,000");
    let rest = [0x80, 0xff, 0x00, 0x7f].map(|byte| [byte, 1, 2, 3, 4, 5]);
    let rest = rest[usize::try_from(n.rem_euclid(4)).expect("a remainder below 4")];
    let id = Builder::from_gregorian_timestamp(steps, 0, &rest).into_uuid();
    TimeUuid::new(id).expect("version 1")
}

/// Returns the result of an operation, or the reason to skip the case if the store lacks it.
pub(super) fn if_supported<T>(answer: Result<T, RecordError>) -> Result<T, Inapplicable> {
    match answer {
        Err(RecordError::Unsupported { operation }) => {
            Err(Inapplicable(operation_missing(operation)))
        }
        answer => Ok(answer.expect("the operation succeeds")),
    }
}

fn operation_missing(operation: &'static str) -> &'static str {
    match operation {
        "truncate" => "the store has no `truncate`",
        "drop_table" => "the store has no `drop_table`",
        "delete_record" => "the store has no `delete_record`",
        "replace_record" => "the store has no `replace_record`",
        _ => "the store has no such operation",
    }
}

/// Appends items that must be accepted, and returns their record ids; none if the table has none.
pub(super) async fn append(store: &Store, items: Vec<SequencedItem>) -> Vec<u64> {
    let len = items.len();
    let appended = store
        .append(items.into())
        .await
        .expect("the append succeeds");
    assert_eq!(appended.len(), len, "the result has one entry per item");
    appended.record_ids().map(RecordId::get).collect()
}

pub(super) async fn all_items(store: &Store, sequence_id: Uuid) -> Vec<SequencedItem> {
    store
        .items(ItemQuery::new(sequence_id))
        .await
        .expect("the sequence is read")
}

/// Reads all records at once, and checks that their ids are 1, 2, 3 …
pub(super) async fn all_records(store: &Store) -> Vec<Record> {
    let records = store
        .records(RecordId::new(0), usize::MAX)
        .await
        .expect("the records are read");
    let ids = records.iter().map(|record| record.id.get());
    assert!(
        ids.eq(1..=records.len() as u64),
        "the ids are 1, 2, 3 … without a hole"
    );
    records
}

/// Checks that the outcome is a conflict at the position of `item`.
pub(super) fn assert_conflict<T: Debug>(outcome: Result<T, RecordError>, item: &SequencedItem) {
    match outcome {
        Err(RecordError::Conflict {
            sequence_id,
            position,
        }) => assert_eq!(
            (sequence_id, position),
            (item.sequence_id, item.position),
            "the conflict names the taken position"
        ),
        other => panic!("the append must conflict, not return {other:?}"),
    }
}

pub(super) fn has_record_ids(store: &Store) -> bool {
    store.capabilities().record_ids != RecordIds::None
}
