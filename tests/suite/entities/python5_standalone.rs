//! Standalone events that the Python library stored, read and written again to the byte.

use es::domain::{Standalone, StandaloneEvent, Stored};
use es::json::{self, Value};
use es::store::TimeUuid;
use es::{Salt, Timestamp, Topic, Version, event};
use uuid::Uuid;

use crate::vectors::{rows, text};

#[event(name = "worlds#Measured", standalone(timestamped))]
pub struct Measured {
    value: Value,
}

#[event(name = "worlds#SealedMeasured", standalone(timestamped, sealed))]
pub struct SealedMeasured {
    value: Value,
}

#[event(name = "worlds_timeuuid#Sighting", standalone)]
pub struct Sighting {
    event_id: TimeUuid,
    value: Value,
}

#[event(name = "worlds_timeuuid#SealedSighting", standalone(sealed))]
pub struct SealedSighting {
    event_id: TimeUuid,
    value: Value,
}

/// Reads every row of a type, creates the same event from its payload, and returns the events with
/// their positions.
fn read_and_write<E: Standalone>(file: &str) -> Vec<(StandaloneEvent<E>, String)> {
    let rows = rows(file).into_iter();
    let rows = rows.filter(|row| text(row, "topic") == Some(E::NAME));
    let events = rows.map(|row| {
        let data = text(&row, "data").unwrap();
        let id: Uuid = text(&row, "sequence_id").unwrap().parse().unwrap();
        let time = time_of(data);
        let (topic, position) = (Topic::new(E::NAME), text(&row, "position").unwrap());
        let stored = Stored {
            sequence_id: id,
            position: time.into(),
            topic: &topic,
            text: data,
        };
        let read = StandaloneEvent::<E>::decode(stored, &data.into(), &Salt::none()).unwrap();
        let payload = read.payload().clone();
        let made = StandaloneEvent::new(id, Version::FIRST, time, payload, &Salt::none()).unwrap();
        assert_eq!(made.text(), data);
        assert_eq!(made.event_hash(), read.event_hash());
        (read, position.to_owned())
    });
    let events: Vec<_> = events.collect();
    assert!(!events.is_empty(), "no `{}`", E::NAME);
    events
}

/// Returns the time in the text of an event, or the epoch.
fn time_of(data: &str) -> Timestamp {
    let value: Value = json::from_str(data).unwrap();
    let time = value.get("timestamp").and_then(|it| it.get("__decimal__"));
    time.and_then(Value::as_str)
        .map_or(Timestamp::from_micros(0), |time| time.parse().unwrap())
}

#[test]
fn python5_timestamped_events_read_and_write() {
    let file = "cassandra/timestamp_sequenced_items.jsonl";
    read_and_write::<Measured>(file);
    let sealed = read_and_write::<SealedMeasured>(file);
    assert!(sealed.iter().all(|(event, _)| event.event_hash().is_some()));
}

#[test]
fn python5_time_uuid_events_read_and_write_and_are_in_order() {
    let file = "cassandra/timeuuid_sequenced_items.jsonl";
    for (event, position) in read_and_write::<Sighting>(file) {
        assert_eq!(event.payload().event_id.to_string(), position);
    }
    for (event, position) in read_and_write::<SealedSighting>(file) {
        assert_eq!(event.payload().event_id.to_string(), position);
    }
}
