//! What writers, followers and repairs do where they meet, and where the store fails them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::asks::{Ask, Job};
use super::{MemoryPositionIndex, PositionIndex, PositionedRecords, Positions, Repaired};
use crate::domain::Salt;
use crate::error::RecordError;
use crate::infrastructure::{
    Appended, BigArray, Capabilities, EventStore, ItemQuery, Mapper, MemoryRecordManager,
    OpenTable, Position, Record, RecordId, RecordManager, Reference, SequencedItem, Table,
};
use crate::topic::Topic;

/// How long nobody waits for others here, unless told.
const AT_ONCE: Duration = Duration::from_millis(1);

/// What happens at the next append to the array's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It is kept, and the answer is lost.
    AnswerLost,
    /// It is not kept.
    OutOfReach,
}

/// The table of the array, which fails where it is told to.
struct Faulty {
    rows: MemoryRecordManager,
    next: Mutex<Vec<Fault>>,
}

#[async_trait]
impl RecordManager for Faulty {
    fn capabilities(&self) -> Capabilities {
        self.rows.capabilities()
    }

    fn table(&self) -> Option<&Table> {
        self.rows.table()
    }

    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError> {
        let fault = self.next.lock().expect("no panic").pop();
        let source = || "told to".into();
        match fault {
            None => self.rows.append(items).await,
            Some(Fault::AnswerLost) => {
                self.rows.append(items).await?;
                Err(RecordError::Unknown { source: source() })
            }
            Some(Fault::OutOfReach) => Err(RecordError::Unavailable { source: source() }),
        }
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.rows.items(query).await
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

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.rows.delete_record(sequence_id, position).await
    }
}

/// A database that several processes share, each with a store of its own.
struct Database {
    events: Arc<MemoryRecordManager>,
    references: Arc<Faulty>,
    index: Arc<MemoryPositionIndex>,
}

impl Database {
    fn new() -> Self {
        let plain = Table::stored_events().without_record_ids();
        let references = Table::integer_sequenced_no_id();
        Self {
            events: Arc::new(MemoryRecordManager::new(plain)),
            references: Arc::new(Faulty {
                rows: MemoryRecordManager::new(references),
                next: Mutex::default(),
            }),
            index: Arc::default(),
        }
    }

    fn array(&self) -> BigArray<Option<Reference>> {
        let records: Arc<dyn RecordManager> = self.references.clone();
        let store = EventStore::new(records, Mapper::new(), Salt::none());
        BigArray::new(
            store,
            Uuid::from_u128(9),
            NonZeroU32::new(10).expect("not 0"),
        )
    }

    fn process(&self) -> PositionedRecords {
        self.process_with(AT_ONCE)
    }

    fn process_with(&self, patience: Duration) -> PositionedRecords {
        let table = Arc::new(OpenTable::new(Table::stored_events()));
        let positions = Positions::new(self.array(), self.index.clone()).patience(patience);
        PositionedRecords::new(table, self.events.clone(), positions).expect("opened")
    }

    /// What a process leaves that ends between an item and its position.
    async fn store_without_position(&self, id: Uuid, versions: impl IntoIterator<Item = i64>) {
        for version in versions {
            self.events
                .append(vec![item(id, version)])
                .await
                .expect("kept");
        }
    }

    fn fail(&self, faults: &[Fault]) {
        let mut next = self.references.next.lock().expect("no panic");
        next.extend(faults.iter().rev());
    }
}

fn item(sequence_id: Uuid, version: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(version),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{version}}}").into(),
    }
}

fn reference(sequence_id: Uuid, position: i64) -> Reference {
    Reference {
        position,
        sequence_id,
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// The sequence and the version of each record, with ids that are 1, 2, 3 …
async fn followed(process: &PositionedRecords) -> Vec<(u128, i64)> {
    let records = process
        .records(RecordId::new(0), usize::MAX)
        .await
        .expect("read");
    let ids = records.iter().map(|record| record.id.get());
    assert!(ids.eq(1..=records.len() as u64), "ids are 1, 2, 3 …");
    let told = process.max_record_id().await.expect("read").get();
    assert_eq!(told, records.len() as u64);
    records.iter().map(what).collect()
}

fn what(record: &Record) -> (u128, i64) {
    let Position::Integer(version) = record.item.position else {
        panic!("positions are whole numbers");
    };
    (record.item.sequence_id.as_u128(), version)
}

async fn append(process: &PositionedRecords, id: Uuid, version: i64) -> Vec<u64> {
    let appended = process.append(vec![item(id, version)]).await.expect("kept");
    appended.record_ids().map(RecordId::get).collect()
}

#[tokio::test]
async fn what_was_left_without_a_position_comes_before_the_next_of_its_sequence() {
    let database = Database::new();
    let process = database.process();
    assert_eq!(append(&process, id(1), 0).await, [1]);
    database.store_without_position(id(1), [1, 2]).await;
    database.store_without_position(id(2), [0]).await;
    assert_eq!(append(&process, id(1), 3).await, [4]);
    assert_eq!(followed(&process).await, [(1, 0), (1, 1), (1, 2), (1, 3)]);
    // Of another process, which knows nothing of what this one has given.
    let other = database.process();
    assert_eq!(append(&other, id(2), 1).await, [6]);
    assert_eq!(followed(&process).await[4..], [(2, 0), (2, 1)]);
}

#[tokio::test]
async fn a_repair_gives_positions_once_and_says_so() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(3), 0).await;
    database.store_without_position(id(1), 0..25).await;
    database.store_without_position(id(2), [0]).await;
    let repaired = process.repair().await.expect("repaired");
    assert_eq!(
        repaired,
        Repaired {
            sequences: 3,
            placed: 26,
            tombstones: 0
        }
    );
    let all = followed(&process).await;
    assert_eq!(all.len(), 27);
    let of_one: Vec<_> = all.iter().filter(|(id, _)| *id == 1).collect();
    assert!(of_one.iter().map(|(_, version)| *version).eq(0..25));
    let again = process.repair().await.expect("nothing to do");
    assert_eq!((again.placed, again.sequences), (0, 3));
}

#[tokio::test]
async fn processes_that_repair_and_write_at_the_same_time_give_each_item_one_position() {
    for _ in 0..20 {
        let database = Arc::new(Database::new());
        for n in 0..8 {
            database.store_without_position(id(n), 0..4).await;
        }
        let mut working = JoinSet::new();
        for worker in 0..4 {
            let process = database.process();
            working.spawn(async move {
                if worker % 2 == 0 {
                    process.repair().await.expect("repaired");
                }
                for version in 0..5 {
                    append(&process, id(100 + worker), version).await;
                    let shared = id(version.unsigned_abs().into());
                    // Of the four, one appends to each of the sequences that are repaired.
                    let _conflict = process.append(vec![item(shared, 4)]).await;
                }
                if worker % 2 == 1 {
                    process.repair().await.expect("repaired");
                }
            });
        }
        working.join_all().await;
        let follower = database.process();
        let all = followed(&follower).await;
        assert_eq!(all.len(), 8 * 4 + 5 + 4 * 5);
        for n in (0..8).chain(100..104) {
            let versions: Vec<_> = all.iter().filter(|(id, _)| *id == n).collect();
            let in_order = (0..)
                .zip(&versions)
                .all(|(at, (_, version))| at == *version);
            assert!(in_order, "sequence {n}: {versions:?}");
        }
    }
}

/// A process that stored its item and is slow to have a position given, so slow that another has done it, and has gone on by
/// many positions.
#[tokio::test]
async fn a_slow_writer_finds_the_position_that_another_gave() {
    for later in [0, 200] {
        let database = Database::new();
        let slow = database.process();
        append(&slow, id(1), 0).await;
        let since = slow.0.known.end();
        database.store_without_position(id(1), [1]).await;
        let other = database.process();
        other.repair().await.expect("repaired");
        for n in 0..later {
            append(&other, id(1_000 + n), 0).await;
        }
        // The other process has raised the floor far above it, and this one sees that before it writes.
        slow.max_record_id().await.expect("read");
        let job = Job {
            missing: Vec::new(),
            items: vec![reference(id(1), 1)],
            since,
        };
        let placed = slow.0.asks.ask(|reply| Ask::Place(job, reply)).await;
        let ids: Vec<_> = placed.expect("there").record_ids().collect();
        assert_eq!(ids, [RecordId::new(2)]);
        let again = database.process();
        assert_eq!(followed(&again).await.len() as u128, 2 + later);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_array_did_not_answer_is_not_written_twice_and_not_forgotten() {
    for fault in [Fault::AnswerLost, Fault::OutOfReach] {
        let database = Database::new();
        let process = database.process();
        append(&process, id(1), 0).await;
        database.fail(&[fault]);
        let outcome = process.append(vec![item(id(1), 1)]).await;
        let Err(RecordError::Unknown { source }) = outcome else {
            panic!("{fault:?}: {outcome:?}");
        };
        assert!(source.to_string().contains("are stored"), "{source}");
        // It is tried again without anybody asking.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let array = database.array();
        assert_eq!(array.next_position().await.expect("read"), 2, "{fault:?}");
        assert_eq!(append(&process, id(1), 2).await, [3]);
        assert_eq!(followed(&process).await, [(1, 0), (1, 1), (1, 2)]);
    }
}

#[tokio::test]
async fn followers_stop_at_a_hole_and_the_next_reference_fills_it() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(1), 0).await;
    database.store_without_position(id(2), [0]).await;
    let late = database.array();
    late.assign(2, Some(reference(id(2), 0)))
        .await
        .expect("free");
    assert_eq!(followed(&process).await, [(1, 0)], "up to the hole");
    assert_eq!(append(&process, id(1), 1).await, [2]);
    assert_eq!(followed(&process).await, [(1, 0), (1, 1), (2, 0)]);
    let refused = late.assign(1, Some(reference(id(2), 0))).await;
    assert!(refused.is_err_and(|error| error.is_conflict()));
}

#[tokio::test]
async fn a_hole_that_nobody_fills_is_tombstones_by_the_repair() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(1), 0).await;
    database.store_without_position(id(2), [0]).await;
    let other = database.array();
    // Beyond the end of the base array, too: of 10 positions each.
    other
        .assign(12, Some(reference(id(2), 0)))
        .await
        .expect("free");
    let repaired = process.repair().await.expect("repaired");
    assert_eq!((repaired.tombstones, repaired.placed), (11, 0));
    let records = process.records(RecordId::new(0), 10).await.expect("read");
    let found: Vec<_> = records
        .iter()
        .map(|record| (record.id.get(), what(record)))
        .collect();
    assert_eq!(found, [(1, (1, 0)), (13, (2, 0))]);
    assert!(
        other
            .assign(5, None)
            .await
            .is_err_and(|error| error.is_conflict())
    );
    assert_eq!(append(&process, id(1), 1).await, [14]);
}

#[tokio::test]
async fn what_a_process_keeps_of_the_array_stays_small() {
    let database = Database::new();
    let process = database.process();
    for version in 0..300 {
        append(&process, id(1), version).await;
    }
    let floor = process.0.known.floor();
    assert!((280..=290).contains(&floor), "{floor}");
    assert_eq!(database.index.floor().await.expect("read"), floor);
    for version in 0..280 {
        let noted = database.index.find(reference(id(1), version)).await;
        assert_eq!(noted.expect("read"), Some(version.unsigned_abs()));
    }
    // A new process begins there.
    let other = database.process();
    assert_eq!(append(&other, id(2), 0).await, [301]);
    assert_eq!(other.0.known.floor(), floor);
    assert_eq!(followed(&other).await.len(), 301);
}

#[tokio::test]
async fn a_tombstone_at_the_end_does_not_make_followers_look_again_and_again() {
    let database = Database::new();
    let process = database.process();
    for version in 0..3 {
        append(&process, id(1), version).await;
    }
    let last = (id(1), Position::Integer(2));
    assert!(
        process
            .delete_record(last.0, last.1)
            .await
            .expect("deleted")
    );
    assert_eq!(
        process.max_record_id().await.expect("read"),
        RecordId::new(2)
    );
    let other = database.process();
    assert_eq!(other.max_record_id().await.expect("read"), RecordId::new(2));
    assert_eq!(
        append(&other, id(1), 2).await,
        [4],
        "its id is not given again"
    );
}

#[tokio::test]
async fn what_a_process_keeps_that_only_follows_stays_small() {
    let database = Database::new();
    let (writer, follower) = (database.process(), database.process());
    assert!(followed(&follower).await.is_empty());
    for version in 0..300 {
        append(&writer, id(1), version).await;
    }
    assert_eq!(followed(&follower).await.len(), 300);
    let floor = follower.0.known.floor();
    assert!((280..=290).contains(&floor), "{floor}");
}
