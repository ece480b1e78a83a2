//! Tests of saving entities event by event.

use std::sync::{Arc, Mutex};

use es::store::{MemoryRecordManager, SequencedItem, Table};
use es::{Aggregate as Entity, Application, Error, Position, entity};

#[entity(versioned, topic = "saving#Counter")]
pub struct Counter {
    #[attribute]
    count: u64,
}

#[entity(timestamped, topic = "saving#Clock")]
pub struct Clock {
    #[attribute]
    hour: u64,
}

#[entity]
pub struct Stone {
    #[attribute]
    weight: u64,
}

async fn memory(table: Table) -> Application {
    let store = Arc::new(MemoryRecordManager::new(table));
    Application::builder().store(store).open().await.unwrap()
}

#[tokio::test]
async fn an_entity_is_stored_and_published_event_by_event() {
    let (app, lists) = (memory(Table::stored_events()).await, Arc::default());
    let sink: Arc<Mutex<Vec<usize>>> = Arc::clone(&lists);
    app.bus().subscribe(
        |_| true,
        move |events| {
            sink.lock().unwrap().push(events.len());
            Ok(())
        },
    );
    let mut counter = Counter::create(0).unwrap();
    counter.set_count(1).unwrap();
    assert_eq!(app.save(&mut counter).await.unwrap().len(), 2);
    assert_eq!(*lists.lock().unwrap(), [1, 1]);
    assert_eq!(app.get::<Counter>(counter.id()).await.unwrap().count(), 1);
}

#[tokio::test]
async fn a_failed_event_and_the_events_after_it_stay_pending() {
    let app = memory(Table::stored_events()).await;
    let mut counter = Counter::create(0).unwrap();
    counter.set_count(1).unwrap();
    counter.set_count(2).unwrap();
    let taken = SequencedItem {
        sequence_id: counter.id(),
        position: Position::from(1),
        topic: es::Topic::new("Other"),
        data: "{}".into(),
    };
    let records = app.event_store().record_manager();
    records.append(vec![taken].into()).await.unwrap();
    let error = app.save(&mut counter).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }));
    assert_eq!(counter.pending_events().len(), 2);
    assert_eq!(app.items(counter.id()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn times_are_positions_of_kinds_without_versions() {
    let app = memory(Table::timestamp_sequenced()).await;
    let mut clock = Clock::create(0).unwrap();
    let created_on = clock.created_on();
    for hour in 1..13 {
        clock.set_hour(hour).unwrap();
    }
    app.save(&mut clock).await.unwrap();
    let copy: Clock = app.get(clock.id()).await.unwrap();
    assert_eq!((copy.hour(), copy.head()), (12, clock.head()));
    assert_eq!(copy.last_modified(), clock.last_modified());
    let first: Clock = app.get_at(clock.id(), created_on).await.unwrap();
    assert_eq!(first.hour(), 0);
}

#[tokio::test]
async fn an_event_without_a_position_cannot_be_saved() {
    let app = memory(Table::stored_events()).await;
    let mut stone = Stone::create(10).unwrap();
    stone.set_weight(9).unwrap();
    let error = app.save(&mut stone).await.unwrap_err();
    assert!(matches!(error, Error::NoPosition { .. }));
    assert_eq!(stone.pending_events().len(), 2);
}
