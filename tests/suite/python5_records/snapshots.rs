//! Tests of the snapshots that Python took.

use es::domain::{Snapshot, Snapshotted};
use es::json::Value;
use es::store::{ItemQuery, Table};
use es::{Aggregate, Application, Error, Version};
use uuid::Uuid;

use super::vectors::{Copy, database, list, number, text};
use crate::python5_domain::{Example, Ledger, World};

async fn open(copy: &Copy) -> Application {
    Application::builder()
        .uri(format!("sqlite:///{}", copy.path.display()))
        .salt("")
        .snapshots()
        .open()
        .await
        .unwrap()
}

#[tokio::test]
async fn python5_snapshots_are_found_by_the_same_bounds() {
    let copy = Copy::load("snapshots.db").await;
    let (app, manifest) = (open(&copy).await, database("snapshots.db"));
    for lookup in list(&manifest, "lookups") {
        let id: Uuid = text(lookup, "id").parse().unwrap();
        let at = number(lookup, "v").unwrap();
        let version = |found: es::Result<Option<Snapshot>>| {
            let found = found.unwrap()?;
            i64::try_from(found.originator_version().get()).ok()
        };
        assert_eq!(
            version(app.get_snapshot(id, ..at).await),
            number(lookup, "lt"),
            "{lookup}"
        );
        assert_eq!(
            version(app.get_snapshot(id, ..=at).await),
            number(lookup, "lte"),
            "{lookup}"
        );
    }
    for stored in list(&manifest, "snapshots") {
        let id: Uuid = text(stored, "sequence_id").parse().unwrap();
        let at = number(stored, "position").unwrap();
        let found = app.get_snapshot(id, ..=at).await.unwrap().unwrap();
        assert_eq!(found.aggregate_topic(), &text(stored, "entity_topic"));
        assert_eq!(found.state(), stored.get("state").and_then(Value::as_str));
    }
}

#[tokio::test]
async fn python5_snapshots_are_used() {
    let copy = Copy::load("snapshots.db").await;
    let manifest = database("snapshots.db");
    let events = copy.table(Table::stored_events()).await;
    // The events before the first snapshot are deleted, so that loading needs the snapshot.
    let mut first = std::collections::BTreeMap::new();
    for stored in list(&manifest, "snapshots") {
        let id: Uuid = text(stored, "sequence_id").parse().unwrap();
        first
            .entry(id)
            .or_insert(number(stored, "position").unwrap());
    }
    for (id, at) in &first {
        for item in events.items(ItemQuery::new(*id)).await.unwrap() {
            if item.position < (*at).into() {
                events.delete_record(*id, item.position).await.unwrap();
            }
        }
    }
    let app = open(&copy).await;
    let mut compared = 0;
    for aggregate in list(&manifest, "aggregates") {
        let id: Uuid = text(aggregate, "id").parse().unwrap();
        let versions = list(aggregate, "versions")
            .iter()
            .filter(|version| number(version, "version") >= first.get(&id).copied());
        for version in versions {
            compared += match text(aggregate, "entity_topic") {
                World::TOPIC => compare::<World>(&app, id, version).await,
                Ledger::TOPIC => compare::<Ledger>(&app, id, version).await,
                Example::TOPIC => compare::<Example>(&app, id, version).await,
                _ => 0,
            };
        }
    }
    assert!(compared > 30, "{compared} compared");
}

async fn compare<A: Snapshotted>(app: &Application, id: Uuid, expected: &Value) -> usize {
    let version = Version::new(number(expected, "version").unwrap().unsigned_abs());
    let found = match app.get_at::<A>(id, version).await {
        Err(Error::NotFound { .. }) => {
            assert_eq!(expected.get("discarded"), Some(&Value::Bool(true)));
            return 1;
        }
        found => found.unwrap(),
    };
    let snapshot = Snapshot::from_aggregate(&found).unwrap();
    let ours = attributes(snapshot.state().unwrap());
    let theirs = attributes(text(expected, "state"));
    assert_eq!(ours, theirs, "{} {id} at {version}", A::TOPIC);
    1
}

/// Returns the attributes of a state. The history of `World` contains only the values of its
/// events.
fn attributes(state: &str) -> Value {
    let Ok(Value::Object(mut attributes)) = Value::parse(state) else {
        panic!("{state}")
    };
    if let Some(Value::Array(history)) = attributes.get_mut("_history") {
        for event in history {
            let state = event.get("__class__").and_then(|class| class.get("state"));
            if let Some(what) = state.and_then(|state| state.get("what").cloned()) {
                *event = what;
            }
        }
    }
    Value::Object(attributes)
}

#[tokio::test]
async fn python5_snapshots_are_written_byte_for_byte() {
    let copy = Copy::load("snapshots.db").await;
    let snapshots = copy.table(Table::snapshots()).await;
    let app = open(&copy).await;
    let mut written = 0;
    for id in snapshots.sequence_ids(None, 100).await.unwrap() {
        let first = app.items(id).first().await.unwrap().unwrap();
        for theirs in snapshots.items(ItemQuery::new(id)).await.unwrap() {
            let at = theirs.position;
            snapshots.delete_record(id, at).await.unwrap();
            let taken = match first.topic.as_str().strip_suffix(".Created") {
                Some(Ledger::TOPIC) => app.take_snapshot::<Ledger>(id, ..=at).await,
                Some(Example::TOPIC) => app.take_snapshot::<Example>(id, ..=at).await,
                _ => continue,
            };
            assert!(taken.unwrap().is_some());
            let mut query = ItemQuery::new(id);
            query.lower = std::ops::Bound::Included(theirs.position);
            let ours = snapshots.items(query).await.unwrap().remove(0);
            assert_eq!(
                (ours.position, &ours.topic),
                (theirs.position, &theirs.topic)
            );
            assert_eq!(timeless(&ours.data), timeless(&theirs.data));
            written += 1;
        }
    }
    assert!(written >= 10, "{written} written");
}

/// Removes the time of the snapshot from its text.
fn timeless(text: &str) -> String {
    let (before, rest) = text.rsplit_once("\"timestamp\":{").unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    format!("{before}{after}")
}
