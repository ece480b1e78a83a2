//! Tests of custom events: their stored form and their errors.

use std::sync::Arc;

use es::event_store::CustomEvent;
use es::store::{MemoryRecordManager, Table};
use es::{Application, Error, Position, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const STATION: Uuid = Uuid::from_u128(1);

/// A type that is not `Clone` and not `Sync`.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Reading {
    Warm {
        at: i64,
        degrees: std::cell::Cell<i32>,
    },
    Broken {
        at: i64,
    },
}

impl CustomEvent for Reading {
    fn sequence_id(&self) -> Uuid {
        STATION
    }

    fn position(&self) -> Position {
        let (Self::Warm { at, .. } | Self::Broken { at }) = self;
        Timestamp::from_micros(*at).into()
    }

    fn topic(&self) -> Topic {
        Topic::new("Reading")
    }
}

fn warm(at: i64, degrees: i32) -> Reading {
    let degrees = degrees.into();
    Reading::Warm { at, degrees }
}

async fn by_time() -> Application {
    let store = Arc::new(MemoryRecordManager::new(Table::timestamp_sequenced()));
    Application::builder().store(store).open().await.unwrap()
}

#[tokio::test]
async fn custom_events_are_stored_and_read_back_unchanged() {
    let app = by_time().await;
    let events = [warm(1, 20), Reading::Broken { at: 2 }];
    assert_eq!(app.event_store().append(&events).await.unwrap().len(), 2);
    let items = app.items(STATION).await.unwrap();
    assert_eq!(&*items[0].data, r#"{"Warm":{"at":1,"degrees":20}}"#);
    let read = app.event_store().custom_events::<Reading>(STATION);
    assert_eq!(read.await.unwrap(), events);
}

/// The events are not `Sync`. The future that stores them is `Send` all the same, because it holds
/// no reference to them.
#[tokio::test]
async fn custom_events_are_stored_in_a_spawned_task() {
    let app = by_time().await;
    let storing = {
        let events = [warm(1, 20)];
        tokio::spawn(app.event_store().append(&events))
    };
    storing.await.unwrap().unwrap();
    let read = app.event_store().custom_events::<Reading>(STATION);
    assert_eq!(read.await.unwrap(), [warm(1, 20)]);
}

#[tokio::test]
async fn an_append_with_a_taken_position_is_not_stored() {
    let app = by_time().await;
    let store = app.event_store();
    store.append(&[warm(2, 20)]).await.unwrap();
    let error = store.append(&[warm(1, 20), warm(2, 21)]).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }));
    let count = store
        .custom_events::<Reading>(STATION)
        .fold(0, |count, _| count + 1);
    assert_eq!(count.await.unwrap(), 1);
}

#[tokio::test]
async fn an_undecodable_item_is_named_by_its_position() {
    #[derive(Serialize, Deserialize)]
    struct Other;

    impl CustomEvent for Other {
        fn sequence_id(&self) -> Uuid {
            STATION
        }

        fn position(&self) -> Position {
            Timestamp::from_micros(1).into()
        }

        fn topic(&self) -> Topic {
            Topic::new("Other")
        }
    }

    let app = by_time().await;
    app.event_store().append(&[Other]).await.unwrap();
    let read = app.event_store().custom_events::<Reading>(STATION).await;
    let Err(Error::Undecodable {
        topic, position, ..
    }) = read
    else {
        panic!("{read:?}");
    };
    assert_eq!((topic, position), (Topic::new("Other"), Other.position()));
}

#[tokio::test]
async fn an_application_over_a_given_store_knows_no_other() {
    let app = by_time().await;
    let error = app.open_store(Table::stored_events()).await.err().unwrap();
    assert!(matches!(
        error,
        Error::InvalidSetting {
            setting: "store",
            ..
        }
    ));
}
