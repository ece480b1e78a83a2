//! Followers of a local notification log over positioned records.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_core::notification_log::{LocalNotificationLog, NotificationLog};
use es_store::kit::OpenTable;
use es_store::{
    MemoryRecordManager, Position, RecordId, RecordManager, SequencedItem, Table,
    TableAdministration, Topic,
};
use tokio::time::timeout;
use uuid::Uuid;

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

/// Events whose ids are positions of references, and the table of the events.
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
async fn an_id_of_what_is_not_there_any_more_does_not_wake_followers() {
    const LONG: Duration = Duration::from_secs(60);
    let (records, events) = positioned();
    let id = Uuid::from_u128(1);
    let appended = records.append(vec![item(id, 0), item(id, 1)].into()).await;
    appended.expect("kept");
    // By another program, which knows nothing of its reference.
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
