//! A database in memory that several processes share, with scripted faults.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_store::kit::OpenTable;
use es_store::{
    Append, Appended, Capabilities, ItemQuery, MemoryRecordManager, Position, Record, RecordError,
    RecordId, RecordManager, SequencedItem, Table, TableAdministration, Topic,
};
use uuid::Uuid;

use crate::application_sequence::{
    BulkRead, MemoryPositionIndex, PositionIndex, PositionedRecords, Positions,
};
use crate::array::{BigArray, Reference};

/// Default timeout of a process: it does not wait for other processes.
const SHORT: Duration = Duration::from_millis(1);

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The call takes effect, and its answer is lost.
    AnswerLost,
    /// The call has no effect, and its answer is lost.
    Undecided,
    /// The call has no effect, and says so.
    OutOfReach,
    Panic,
}

/// The outcomes of the next calls of one kind, in their order. All later calls succeed.
#[derive(Default)]
pub(super) struct Script(Mutex<VecDeque<Fault>>);

impl Script {
    pub(super) fn extend(&self, faults: &[Fault]) {
        self.faults().extend(faults);
    }

    /// Makes all later calls succeed.
    pub(super) fn clear(&self) {
        self.faults().clear();
    }

    fn faults(&self) -> std::sync::MutexGuard<'_, VecDeque<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies the next outcome to a call.
    async fn play<T>(
        &self,
        call: impl Future<Output = Result<T, RecordError>>,
    ) -> Result<T, RecordError> {
        let source = || "scripted".into();
        let fault = self.faults().pop_front();
        match fault.unwrap_or(Fault::None) {
            Fault::None => call.await,
            Fault::AnswerLost => {
                call.await?;
                Err(RecordError::Unknown { source: source() })
            }
            Fault::Undecided => Err(RecordError::Unknown { source: source() }),
            Fault::OutOfReach => Err(RecordError::Unavailable { source: source() }),
            Fault::Panic => panic!("scripted"),
        }
    }
}

/// A table with scripted faults.
pub(super) struct Faulty {
    pub(super) rows: MemoryRecordManager,
    pub(super) appends: Script,
    pub(super) reads: Script,
    pub(super) deletions: Script,
    pub(super) replacements: Script,
}

impl Faulty {
    fn new(table: Table) -> Self {
        Self {
            rows: MemoryRecordManager::new(table),
            appends: Script::default(),
            reads: Script::default(),
            deletions: Script::default(),
            replacements: Script::default(),
        }
    }
}

#[async_trait]
impl RecordManager for Faulty {
    fn capabilities(&self) -> Capabilities {
        self.rows.capabilities()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.appends.play(self.rows.append(items.into())).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.reads.play(self.rows.items(query)).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.rows.records(after, limit).await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.rows.max_record_id().await
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.rows.sequence_ids(after, limit).await
    }
}

impl BulkRead for Faulty {}

#[async_trait]
impl TableAdministration for Faulty {
    fn table(&self) -> Option<&Table> {
        self.rows.table()
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let deletion = self.rows.delete_record(sequence_id, position);
        self.deletions.play(deletion).await
    }

    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        let replacement = self.rows.replace_record(item);
        self.replacements.play(replacement).await
    }
}

/// An index with scripted faults.
#[derive(Default)]
pub(super) struct FaultyIndex {
    pub(super) rows: MemoryPositionIndex,
    pub(super) inserts: Script,
    pub(super) removals: Script,
}

#[async_trait]
impl PositionIndex for FaultyIndex {
    async fn insert(&self, positions: &[(Reference, u64)]) -> Result<(), RecordError> {
        self.inserts.play(self.rows.insert(positions)).await
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        self.rows.find(item).await
    }

    async fn last_versions(
        &self,
        sequence_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, RecordError> {
        self.rows.last_versions(sequence_ids).await
    }

    async fn remove(&self, item: Reference, position: u64) -> Result<(), RecordError> {
        self.removals.play(self.rows.remove(item, position)).await
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        self.rows.floor().await
    }

    async fn raise_floor(&self, floor: u64) -> Result<(), RecordError> {
        self.rows.raise_floor(floor).await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.rows.truncate().await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.rows.drop_table().await
    }
}

/// A database that several processes share, each through a store of its own.
pub(super) struct Database {
    pub(super) events: Arc<Faulty>,
    pub(super) references: Arc<Faulty>,
    pub(super) index: Arc<FaultyIndex>,
}

impl Database {
    pub(super) fn new() -> Self {
        let plain = Table::stored_events().without_record_ids();
        Self {
            events: Arc::new(Faulty::new(plain)),
            references: Arc::new(Faulty::new(Table::integer_sequenced_no_id())),
            index: Arc::default(),
        }
    }

    pub(super) fn array(&self) -> BigArray<Option<Reference>> {
        let records: Arc<dyn RecordManager> = self.references.clone();
        let store = EventStore::new(records, Mapper::new(), Salt::none());
        BigArray::new(
            store,
            Uuid::from_u128(9),
            NonZeroU32::new(10).expect("not 0"),
        )
    }

    pub(super) fn process(&self) -> PositionedRecords {
        self.process_with(SHORT)
    }

    pub(super) fn process_with(&self, timeout: Duration) -> PositionedRecords {
        let table = Arc::new(OpenTable::new(Table::stored_events()));
        let positions = Positions::new(self.array(), self.index.clone()).timeout(timeout);
        PositionedRecords::new(table, self.events.clone(), positions).expect("opened")
    }

    /// Stores items without positions, as a process does that crashes in between.
    pub(super) async fn store_without_position(
        &self,
        id: Uuid,
        versions: impl IntoIterator<Item = i64>,
    ) {
        for version in versions {
            let kept = self
                .events
                .rows
                .append(vec![item(id, version)].into())
                .await;
            kept.expect("kept");
        }
    }

    /// Returns the contents of the array; `None` is a tombstone.
    pub(super) async fn placed(&self) -> Vec<Option<(u128, i64)>> {
        let placed = self.array().items(..).await.expect("read");
        let name = |item: Reference| (item.sequence_id.as_u128(), item.position);
        placed
            .into_iter()
            .map(|item| item.flatten().map(name))
            .collect()
    }
}

pub(super) fn item(sequence_id: Uuid, version: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(version),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{version}}}").into(),
    }
}

pub(super) fn reference(sequence_id: Uuid, position: i64) -> Reference {
    Reference {
        position,
        sequence_id,
    }
}

pub(super) fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Returns the sequence and the version of each record. Record ids must be 1, 2, 3 …
pub(super) async fn followed(process: &PositionedRecords) -> Vec<(u128, i64)> {
    let records = process
        .records(RecordId::new(0), usize::MAX)
        .await
        .expect("read");
    let ids = records.iter().map(|record| record.id.get());
    assert!(ids.eq(1..=records.len() as u64), "ids are 1, 2, 3 …");
    let max = process.max_record_id().await.expect("read").get();
    assert_eq!(max, records.len() as u64);
    records.iter().map(key).collect()
}

/// Returns the id, the sequence and the version of each record.
pub(super) async fn records(process: &PositionedRecords) -> Vec<(u64, (u128, i64))> {
    let records = process.records(RecordId::new(0), usize::MAX).await;
    let records = records.expect("read");
    records
        .iter()
        .map(|record| (record.id.get(), key(record)))
        .collect()
}

fn key(record: &Record) -> (u128, i64) {
    let Position::Integer(version) = record.item.position else {
        panic!("positions are whole numbers");
    };
    (record.item.sequence_id.as_u128(), version)
}

pub(super) async fn append(process: &PositionedRecords, id: Uuid, version: i64) -> Vec<u64> {
    let appended = process
        .append(vec![item(id, version)].into())
        .await
        .expect("kept");
    appended.record_ids().map(RecordId::get).collect()
}
