//! Followers of a local notification log over positioned records.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_core::notification_log::{LocalNotificationLog, NotificationLog};
use es_store::kit::OpenTable;
use es_store::{
    MemoryRecordManager, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    TableAdministration, Topic,
};
use tokio::time::timeout;
use uuid::Uuid;

use super::database::{Database, Fault, append, followed, id};
use crate::application_sequence::{MemoryPositionIndex, PositionedRecords, Positions};
use crate::array::BigArray;

fn item(sequence_id: Uuid, version: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(version),
        topic: Topic::new("World.Happened"),
        data: "{}".into(),
    }
}

/// Returns events with record ids, and the table of the events alone.
fn positioned() -> (PositionedRecords, Arc<MemoryRecordManager>) {
    let items = MemoryRecordManager::new(Table::integer_sequenced_no_id());
    let store = EventStore::new(Arc::new(items), Mapper::new(), Salt::none());
    let size = NonZeroU32::new(10).expect("not 0");
    let array = BigArray::new(store, Uuid::from_u128(9), size);
    let positions = Positions::new(array, Arc::new(MemoryPositionIndex::default()));
    let plain = Table::stored_events().without_record_ids();
    let events = Arc::new(MemoryRecordManager::new(plain));
    let table = Arc::new(OpenTable::new(Table::stored_events()));
    let records = PositionedRecords::new(table, events.clone(), positions);
    (records.expect("opened"), events)
}

#[tokio::test(start_paused = true)]
async fn the_id_of_a_deleted_event_does_not_wake_followers() {
    const LONG: Duration = Duration::from_secs(60);
    let (records, events) = positioned();
    let id = Uuid::from_u128(1);
    let appended = records.append(vec![item(id, 0), item(id, 1)].into()).await;
    appended.expect("kept");
    // Another program deletes the event, but not its reference.
    let deleted = events.delete_record(id, Position::Integer(1)).await;
    assert!(deleted.expect("deleted"));
    let records = Arc::new(records);
    let log = LocalNotificationLog::new(records.clone()).expect("of record ids");
    assert!(timeout(LONG, log.changed(RecordId::ZERO)).await.is_ok());
    assert!(timeout(LONG, log.changed(RecordId::new(1))).await.is_err());
    records
        .append(vec![item(id, 2)].into())
        .await
        .expect("kept");
    assert!(timeout(LONG, log.changed(RecordId::new(1))).await.is_ok());
}

#[tokio::test]
async fn a_read_that_fails_for_one_sequence_fails_as_a_whole_and_can_be_retried() {
    let database = Database::new();
    let process = database.process();
    for version in 0..2 {
        for n in 0..3 {
            append(&process, id(n), version).await;
        }
    }
    // One query for each sequence.
    let outcomes = [Fault::None, Fault::OutOfReach, Fault::Undecided];
    database.events.reads.extend(&outcomes);
    let failed = process.records(RecordId::new(0), 10).await;
    assert!(
        matches!(failed, Err(RecordError::Unavailable { .. })),
        "the first error in the order of the queries: {failed:?}"
    );
    database.events.reads.clear();
    let all = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)];
    assert_eq!(followed(&process).await, all);
}
