//! Tests of standalone events: creation, storage, reading, publication, predicates.

use std::sync::{Arc, Mutex};

use es::domain::{AnyEvent, Logged, Standalone, StandaloneEvent};
use es::predicates::{any, before, both, either, happened_to, has_topic, is, not, of_type, since};
use es::store::{MemoryRecordManager, Table, TimeUuid};
use es::{Aggregate, Application, Bus, Error, Event, Salt, Timestamp, Version, aggregate, event};
use uuid::Uuid;

#[event(name = "lone#Measured", standalone(versioned, timestamped))]
pub struct Measured {
    pub degrees: f64,
}

#[event(name = "lone#Sealed", standalone(versioned, sealed))]
pub struct Sealed {
    pub degrees: f64,
}

#[event(standalone)]
pub struct Noticed {
    pub event_id: TimeUuid,
}

#[aggregate]
pub struct Garden {}

const STATION: Uuid = Uuid::from_u128(7);

#[test]
fn a_standalone_event_has_the_fields_of_its_kind() {
    let measured = Measured { degrees: 21.5 }.trigger(STATION).unwrap();
    let time = measured.header().timestamp.unwrap();
    assert_eq!(
        measured.text(),
        format!(
            r#"{{"degrees":21.5,"originator_id":{{"UUID":"{}"}},"originator_version":0,"timestamp":{{"__decimal__":"{time}"}}}}"#,
            STATION.simple()
        )
    );
    let sealed = Sealed { degrees: 21.5 }.trigger(STATION).unwrap();
    assert!(sealed.event_hash().is_some());
    assert!(!sealed.text().contains("__previous_hash__") && !sealed.text().contains("timestamp"));
    let noticed = Noticed {
        event_id: TimeUuid::now(),
    }
    .trigger(STATION)
    .unwrap();
    let id = noticed.payload().event_id.get().simple();
    assert_eq!(noticed.header().position(), None);
    assert!(
        noticed
            .text()
            .contains(&format!(r#""event_id":{{"UUID":"{id}"}}"#))
    );
    assert_eq!(noticed.header().topic, Noticed::NAME);
}

async fn memory(table: Table, salt: &str) -> Application {
    let store = Arc::new(MemoryRecordManager::new(table));
    let app = Application::builder().store(store).salt(salt);
    app.open().await.unwrap()
}

#[tokio::test]
async fn saved_events_are_read_and_published_with_the_salt_of_the_application() {
    let app = memory(Table::stored_events(), "salt").await;
    let published = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&published);
    app.bus().subscribe(is::<Sealed>(), move |events| {
        let events = events
            .iter()
            .filter_map(AnyEvent::standalone::<Sealed>)
            .cloned();
        sink.lock().unwrap().push(events.collect::<Vec<_>>());
        Ok(())
    });
    let at = |version, degrees| {
        let payload = Sealed { degrees };
        let (version, salt) = (Version::new(version), Salt::none());
        StandaloneEvent::new(STATION, version, Timestamp::now(), payload, &salt).unwrap()
    };
    let mut events = [at(0, 20.0), at(1, 21.0)];
    assert_eq!(app.save_standalone(&mut events).await.unwrap().len(), 2);
    let stored = app
        .event_store()
        .standalone_events::<Sealed>(STATION)
        .await
        .unwrap();
    assert_eq!(stored, events);
    assert_eq!(*published.lock().unwrap(), [events.to_vec()]);
    assert_eq!(app.event_store().verify(STATION).await.unwrap().sealed, 2);
    let taken = app.save_standalone(&mut [at(1, 22.0)]).await.unwrap_err();
    assert!(matches!(taken, Error::Conflict { .. }));
}

#[tokio::test]
async fn a_policy_stores_the_standalone_events_that_it_names_and_publishes_all() {
    let event = || {
        let payload = Sealed { degrees: 20.0 };
        let (time, salt) = (Timestamp::now(), Salt::none());
        StandaloneEvent::new(STATION, Version::FIRST, time, payload, &salt).unwrap()
    };
    for (builder, stored) in [
        (Application::builder().persist_only::<Garden>(), 0),
        (
            Application::builder().persist_only_standalone::<Sealed>(),
            1,
        ),
    ] {
        let app = builder.uri("sqlite::memory:").open().await.unwrap();
        let published = Arc::new(Mutex::new(0));
        let sink = Arc::clone(&published);
        app.bus().subscribe(
            |_| true,
            move |events| {
                *sink.lock().unwrap() += events.len();
                Ok(())
            },
        );
        let appended = app.save_standalone(&mut [event()]).await.unwrap();
        assert_eq!(appended.len(), stored);
        assert_eq!(app.items(STATION).await.unwrap().len(), stored);
        assert_eq!(*published.lock().unwrap(), 1);
    }
}

#[tokio::test]
async fn a_table_with_other_positions_refuses_the_events_of_a_log() {
    let app = Application::builder()
        .uri("sqlite::memory:")
        .open()
        .await
        .unwrap();
    let logged = Logged::new("one").trigger(STATION).unwrap();
    let error = app.save_standalone(&mut [logged]).await.unwrap_err();
    assert!(matches!(error, Error::NoPosition { .. }), "{error}");
}

#[tokio::test]
async fn a_log_is_a_sequence_by_time() {
    let app = memory(Table::timestamp_sequenced_no_id(), "").await;
    let start = Timestamp::now();
    for message in ["one", "two"] {
        let mut logged = Logged::new(message).trigger(STATION).unwrap();
        app.save_standalone(std::slice::from_mut(&mut logged))
            .await
            .unwrap();
        while Timestamp::now() <= logged.header().timestamp.unwrap() {}
    }
    let log = app.event_store().standalone_events::<Logged>(STATION);
    let messages: Vec<_> = log.gte(start).await.unwrap();
    let messages = messages.into_iter().map(|it| it.into_payload().message);
    assert_eq!(messages.collect::<Vec<_>>(), ["one", "two"]);
    let none = Noticed {
        event_id: TimeUuid::now(),
    }
    .trigger(STATION)
    .unwrap();
    let error = app.save_standalone(&mut [none]).await.unwrap_err();
    assert!(matches!(error, Error::NoPosition { .. }));
}

#[test]
fn predicates_select_the_events_of_a_subscriber() {
    let measured = Measured { degrees: 21.5 }.trigger(STATION).unwrap();
    let time = measured.header().timestamp.unwrap();
    let later = Timestamp::from_micros(time.as_micros() + 1);
    let garden = Garden::create().unwrap();
    let [created] = garden.pending_events() else {
        unreachable!("it was just created")
    };
    let (measured, created) = (AnyEvent::from(&measured), AnyEvent::from(created));
    assert!(any()(&measured) && any()(&created));
    assert!(happened_to(STATION)(&measured) && !happened_to(STATION)(&created));
    assert!(!of_type::<Garden>()(&measured) && of_type::<Garden>()(&created));
    assert!(is::<Measured>()(&measured) && !is::<Measured>()(&created));
    assert!(is::<GardenCreated>()(&created));
    assert!(has_topic("lone#Measured")(&measured) && !has_topic("lone#Measured")(&created));
    assert!(since(time)(&measured) && !since(later)(&measured));
    assert!(before(later)(&measured) && !before(time)(&measured));
    assert!(both(since(time), before(later))(&measured));
    assert!(either(of_type::<Garden>(), is::<Measured>())(&measured));
    assert!(not(of_type::<Garden>())(&measured));
    assert_eq!(measured.aggregate_topic(), None);
    assert_eq!(created.aggregate_topic().unwrap(), Garden::TOPIC);
}

#[test]
fn a_bus_publishes_standalone_events() {
    let (bus, count) = (Bus::new(), Arc::new(Mutex::new(0)));
    let sink = Arc::clone(&count);
    bus.subscribe_to::<Measured>(move |header, _| {
        *sink.lock().unwrap() += usize::from(header.originator_id == STATION);
        Ok(())
    });
    let measured = Measured { degrees: 21.5 }.trigger(STATION).unwrap();
    bus.publish(&[AnyEvent::from(&measured), AnyEvent::from(&measured)]);
    assert_eq!(*count.lock().unwrap(), 2);
}
