//! Cases of stores that were tampered with: each is refused at the damaged row.

use es::domain::Snapshot;
use es::error::{Damage, IntegrityError};
use es::json::Value as Json;
use es::store::{ItemQuery, RecordManager, SequencedItem};
use es::structures::BigArray;
use es::{Aggregate, Error, Position, Topic};
use serde_json::Value;
use uuid::Uuid;

use super::keyspace::Keyspace;
use super::vectors::{self, list, position};
use crate::python5_domain::{Example, Ledger, SealedMeasured, World};

/// Checks that reading is refused at the row at which Python refuses it.
pub async fn refused(name: &str) {
    let tampered = vectors::tampered(name);
    let keyspace = tampered_with(&tampered).await;
    let error = error_of(&keyspace, &tampered).await;
    let error = error.unwrap_or_else(|| panic!("accepted, though {}", tampered["change"]));
    let python = tampered["replay_error"].as_str().unwrap();
    assert!(is_kind(&error, python), "{error} for {python}");
    assert_eq!(position_of(&error), damaged(&tampered), "{error}");
    keyspace.drop().await;
}

/// Returns the position at which the damage is found.
fn damaged(tampered: &Value) -> Option<Position> {
    let changes = list(tampered, "ops");
    let table = changes[0]["table"].as_str().unwrap();
    let at = position(&changes[0]["position"], table);
    // If the contents of rows were exchanged, the first row is damaged.
    if changes.len() > 1 {
        return at;
    }
    position(&tampered["event_says_position"], table).or(at)
}

/// Python accepts an event at any position; this library refuses it.
pub async fn moved(name: &str) {
    let tampered = vectors::tampered(name);
    let keyspace = tampered_with(&tampered).await;
    assert_eq!(tampered["detected_by_replay"], false);
    let error = error_of(&keyspace, &tampered).await;
    let error = error.expect("refused");
    let is_position = matches!(
        &error,
        Error::Integrity(IntegrityError {
            damage: Damage::Position | Damage::Version { .. },
            ..
        })
    );
    assert!(is_position, "{error}");
    keyspace.drop().await;
}

/// The remaining events are consistent; only a stored head reveals the missing ones.
pub async fn cut_off(name: &str) {
    let tampered = vectors::tampered(name);
    let keyspace = tampered_with(&tampered).await;
    let id = id(&tampered["sequence_id"]);
    let of_id = |aggregate: &&Value| aggregate["id"].as_str() == Some(&id.to_string());
    let aggregate = list(&keyspace.described, "aggregates").iter().find(of_id);
    let head = aggregate.unwrap()["head"].as_str().unwrap();
    let app = keyspace.application().await;
    let verification = app.event_store().verify(id).await.unwrap();
    assert_eq!(tampered["detected_by_known_head"], true);
    assert_ne!(verification.head.unwrap().as_str(), head);
    keyspace.drop().await;
}

/// A snapshot has no hash of its own, so its state is believed. A replay without it gives the true
/// state.
pub async fn false_snapshot(name: &str) {
    let tampered = vectors::tampered(name);
    let keyspace = tampered_with(&tampered).await;
    let id = id(&tampered["sequence_id"]);
    let states = [keyspace.application().await, keyspace.replaying().await];
    let [believed, replayed] = states.map(|app| async move {
        let example = app.get::<Example>(id).await.unwrap();
        Snapshot::from_aggregate(&example)
            .unwrap()
            .state()
            .unwrap()
            .to_owned()
    });
    assert_ne!(believed.await, replayed.await);
    keyspace.drop().await;
}

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Creates a store and changes it.
async fn tampered_with(tampered: &Value) -> Keyspace {
    let keyspace = Keyspace::loaded(tampered["store"].as_str().unwrap()).await;
    for change in list(tampered, "ops") {
        let name = change["table"].as_str().unwrap();
        let records = keyspace.table(vectors::table(name)).await;
        let (id, at) = (
            id(&change["id"]),
            position(&change["position"], name).unwrap(),
        );
        match change["op"].as_str().unwrap() {
            "delete" => assert!(records.delete_record(id, at).await.unwrap()),
            "update" => {
                let item = changed(find(&*records, id, at).await, &change["set"]);
                assert!(records.delete_record(id, at).await.unwrap());
                records.append(vec![item].into()).await.unwrap();
            }
            "insert" => {
                let text = |key: &str| change[key].as_str().unwrap();
                let item = SequencedItem {
                    sequence_id: id,
                    position: at,
                    topic: Topic::stored(text("topic")),
                    data: text("data").into(),
                };
                records.append(vec![item].into()).await.unwrap();
            }
            other => panic!("{other}"),
        }
    }
    keyspace
}

async fn find(records: &dyn RecordManager, id: Uuid, at: Position) -> SequencedItem {
    let items = records.items(ItemQuery::new(id)).await.unwrap();
    let found = items.into_iter().find(|item| item.position == at);
    found.expect("a row")
}

fn changed(mut item: SequencedItem, columns: &Value) -> SequencedItem {
    for (column, value) in columns.as_object().unwrap() {
        let value = value.as_str().unwrap();
        match column.as_str() {
            "event_type" | "topic" => item.topic = Topic::stored(value),
            "state" | "data" => item.data = value.into(),
            other => panic!("{other}"),
        }
    }
    item
}

/// Returns the error of reading the sequence.
async fn error_of(keyspace: &Keyspace, tampered: &Value) -> Option<Error> {
    let id = id(&tampered["sequence_id"]);
    let of_id = |aggregate: &&Value| aggregate["id"].as_str() == Some(&id.to_string());
    let aggregate = list(&keyspace.described, "aggregates").iter().find(of_id);
    let app = keyspace.replaying().await;
    match aggregate.and_then(|aggregate| aggregate["entity_topic"].as_str()) {
        Some(World::TOPIC) => app.get::<World>(id).await.err(),
        Some(Ledger::TOPIC) => app.get::<Ledger>(id).await.err(),
        Some(_) => app.event_store().verify(id).await.err(),
        None if keyspace.described["root_id"].is_string() => {
            let root = self::id(&keyspace.described["root_id"]);
            let size = keyspace.described["array_size"].as_u64().unwrap();
            let size = u32::try_from(size).unwrap().try_into().unwrap();
            let array = BigArray::<Json>::new(app.event_store().clone(), root, size);
            array.items(..).await.err()
        }
        None => {
            let at = damaged(tampered).unwrap();
            let events = app.event_store().standalone_events::<SealedMeasured>(id);
            events.gte(at).first().await.err()
        }
    }
}

/// Returns true if an error corresponds to Python's.
fn is_kind(error: &Error, python: &str) -> bool {
    let damage = match error {
        Error::Integrity(IntegrityError { damage, .. }) => damage,
        // Python knows the other topic; this library does not.
        Error::UnknownTopic { .. } => {
            return matches!(python, "TopicResolutionError" | "AssertionError");
        }
        _ => return false,
    };
    match python {
        "EventHashError" => matches!(damage, Damage::EventHash),
        "HeadHashError" => matches!(damage, Damage::PreviousHash),
        "AssertionError" => matches!(damage, Damage::Topic),
        "AttributeError" => matches!(damage, Damage::NotCreated),
        "DataIntegrityError" => matches!(damage, Damage::Cipher(_)),
        other => panic!("{other}"),
    }
}

fn position_of(error: &Error) -> Option<Position> {
    match error {
        Error::Integrity(IntegrityError { position, .. })
        | Error::UnknownTopic { position, .. } => Some(*position),
        _ => None,
    }
}
