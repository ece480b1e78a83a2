//! Tests of the other record tables of the Python library.

use std::sync::Arc;

use es::domain::{HashChained, Snapshotted, Versioned};
use es::event_store::Mapper;
use es::json::Value;
use es::store::{ItemQuery, MemoryRecordManager, RecordManager, Table};
use es::{Aggregate, EventStore, Position, Repository, Salt, Timestamp, Version};
use uuid::Uuid;

use super::vectors::{Copy, database, list, number, text};
use crate::python5_domain::{Example, Ledger, Measured, SealedMeasured, World};

fn over(records: Arc<dyn RecordManager>) -> EventStore {
    EventStore::new(records, Mapper::new(), Salt::none())
}

/// Copies the rows into a table in memory.
async fn in_memory(store: &Arc<dyn RecordManager>, table: Table) -> Arc<dyn RecordManager> {
    let memory: Arc<dyn RecordManager> = Arc::new(MemoryRecordManager::new(table));
    for id in store.sequence_ids(None, 1_000).await.unwrap() {
        let items = store.items(ItemQuery::new(id)).await.unwrap();
        memory.append(items.into()).await.unwrap();
    }
    memory
}

#[tokio::test]
async fn python5_integer_sequenced_items_replay() {
    let copy = Copy::load("integer_sequenced.db").await;
    let manifest = database("integer_sequenced.db");
    let tables = manifest.get("tables_expected").unwrap();
    for table in [Table::integer_sequenced(), Table::integer_sequenced_no_id()] {
        let expected = tables.get(&table.name).unwrap();
        let records = copy.table(table.clone()).await;
        for records in [in_memory(&records, table).await, records] {
            let store = over(records);
            for aggregate in list(expected, "aggregates") {
                replay(&store, aggregate).await;
            }
        }
    }
}

async fn replay(store: &EventStore, aggregate: &Value) {
    let id: Uuid = text(aggregate, "id").parse().unwrap();
    let verification = store.verify(id).await.unwrap();
    let events = u64::try_from(number(aggregate, "events").unwrap()).unwrap();
    assert_eq!(verification.events, events);
    let repository = Repository::new(store.clone());
    for version in list(aggregate, "versions") {
        match text(aggregate, "entity_topic") {
            World::TOPIC => at::<World>(&repository, id, version).await,
            Ledger::TOPIC => at::<Ledger>(&repository, id, version).await,
            Example::TOPIC => at::<Example>(&repository, id, version).await,
            _ => {}
        }
    }
}

async fn at<A: Snapshotted + HashChained + Versioned>(
    repository: &Repository,
    id: Uuid,
    expected: &Value,
) {
    let version = Version::new(number(expected, "version").unwrap().unsigned_abs());
    let discarded = expected.get("discarded") == Some(&Value::Bool(true));
    let found = repository.get_at::<A>(id, version).await;
    assert_eq!(found.is_err(), discarded);
    if let Ok(found) = found {
        assert_eq!(found.head().as_str(), text(expected, "head"));
    }
}

#[tokio::test]
async fn python5_timestamp_sequenced_items_are_read_and_written_the_same() {
    let copy = Copy::load("timestamp_sequenced.db").await;
    let manifest = database("timestamp_sequenced.db");
    let tables = manifest.get("tables_expected").unwrap();
    for table in [
        Table::timestamp_sequenced(),
        Table::timestamp_sequenced_no_id(),
    ] {
        let expected = tables.get(&table.name).unwrap();
        let records = copy.table(table.clone()).await;
        let written = over(Arc::new(MemoryRecordManager::new(table.clone())));
        for records in [in_memory(&records, table.clone()).await, records] {
            let store = over(records);
            let mut times = Vec::new();
            for sequence in list(expected, "sequences") {
                let id: Uuid = text(sequence, "id").parse().unwrap();
                let items = store.items(id).await.unwrap();
                let events = list(sequence, "events");
                assert_eq!(items.len(), events.len());
                for (item, event) in items.iter().zip(events) {
                    let time: Timestamp = text(event, "position").parse().unwrap();
                    assert_eq!(item.position, time.into());
                    assert_eq!(*item.data, *text(event, "data"));
                    measure(&store, &written, id, time, text(event, "topic")).await;
                    times.push((time, id));
                }
            }
            times.sort();
            let mut followed = store.items_by_time(None);
            for (time, id) in &times {
                let item = followed.next().await.unwrap().unwrap();
                assert_eq!(
                    (item.position, item.sequence_id),
                    (Position::from(*time), *id)
                );
            }
            assert!(followed.next().await.is_none());
        }
    }
}

/// Reads one event and creates it again: text and position are the same.
async fn measure(store: &EventStore, written: &EventStore, id: Uuid, time: Timestamp, topic: &str) {
    let item = store
        .items(id)
        .gte(time)
        .lte(time)
        .first()
        .await
        .unwrap()
        .unwrap();
    let salt = Salt::none();
    let version = Version::FIRST;
    let (text, again) = if topic == "worlds#Measured" {
        let event = store
            .standalone_events::<Measured>(id)
            .gte(time)
            .lte(time)
            .first()
            .await;
        let payload = event.unwrap().unwrap().into_payload();
        let event = es::domain::StandaloneEvent::new(id, version, time, payload, &salt).unwrap();
        (
            event.text().to_owned(),
            written.mapper().to_item(&event).unwrap(),
        )
    } else {
        let event = store
            .standalone_events::<SealedMeasured>(id)
            .gte(time)
            .lte(time)
            .first()
            .await;
        let payload = event.unwrap().unwrap().into_payload();
        let event = es::domain::StandaloneEvent::new(id, version, time, payload, &salt).unwrap();
        (
            event.text().to_owned(),
            written.mapper().to_item(&event).unwrap(),
        )
    };
    assert_eq!(*text, *item.data);
    assert_eq!(again, item);
}

/// An aggregate has versions and times; the table decides which of them are positions.
#[tokio::test]
async fn events_are_stored_in_the_configured_table() {
    for (table, is_time) in [
        (Table::timestamp_sequenced(), true),
        (Table::integer_sequenced(), false),
    ] {
        let store = over(Arc::new(MemoryRecordManager::new(table)));
        let mut world = World::create(Value::Null).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2));
        world.set_ruler(Value::Bool(true)).unwrap();
        store.append(world.pending_events()).await.unwrap();
        let items = store.items(world.id()).await.unwrap();
        let positions = items.iter().map(|item| item.position);
        let expected = world.pending_events().iter().map(|event| {
            if is_time {
                event.timestamp().into()
            } else {
                event.originator_version().into()
            }
        });
        assert!(positions.eq(expected));
        let repository = Repository::new(store);
        let copy: World = repository.get(world.id()).await.unwrap();
        assert_eq!(copy.head(), world.head());
        if is_time {
            let then: World = repository
                .get_at(world.id(), world.created_on())
                .await
                .unwrap();
            assert_eq!(then.version(), 0);
        }
    }
}
