//! Cases of aggregates at every version, and of new events and snapshots.

use es::domain::{Snapshot, Snapshotted};
use es::event_store::Mapper;
use es::json::Value as Json;
use es::{Aggregate, Application, Error, EventStore, Salt, Version};
use serde_json::Value;
use uuid::Uuid;

use super::keyspace::Keyspace;
use super::vectors::list;
use crate::python5_domain::{Example, Heartbeat, Ledger, SomethingHappened, World, post};

fn id(aggregate: &Value) -> Uuid {
    aggregate["id"].as_str().unwrap().parse().unwrap()
}

pub async fn at_every_version(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let app = keyspace.application().await;
    let mut compared = 0;
    for aggregate in list(&keyspace.described, "aggregates") {
        for version in list(aggregate, "versions") {
            match aggregate["entity_topic"].as_str().unwrap() {
                World::TOPIC => compare::<World>(&app, id(aggregate), version).await,
                Ledger::TOPIC => compare::<Ledger>(&app, id(aggregate), version).await,
                Example::TOPIC => compare::<Example>(&app, id(aggregate), version).await,
                _ => continue,
            }
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared} compared");
    keyspace.drop().await;
}

async fn compare<A: Snapshotted>(app: &Application, id: Uuid, expected: &Value) {
    let version = Version::new(expected["version"].as_u64().unwrap());
    let found = match app.get_at::<A>(id, version).await {
        Err(Error::NotFound { .. }) => return assert_eq!(expected["discarded"], true),
        found => found.unwrap(),
    };
    let snapshot = Snapshot::from_aggregate(&found).unwrap();
    let ours = attributes(snapshot.state().unwrap());
    let theirs = attributes(expected["state"].as_str().unwrap());
    assert_eq!(ours, theirs, "{} {id} at {version}", A::TOPIC);
}

/// Returns the attributes of a state. The history of `World` contains only the values of its
/// events.
fn attributes(state: &str) -> Json {
    let Ok(Json::Object(mut attributes)) = Json::parse(state) else {
        panic!("{state}")
    };
    if let Some(Json::Array(history)) = attributes.get_mut("_history") {
        for event in history {
            let state = event.get("__class__").and_then(|class| class.get("state"));
            if let Some(what) = state.and_then(|state| state.get("what").cloned()) {
                *event = what;
            }
        }
    }
    Json::Object(attributes)
}

pub async fn unbroken(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let events = if keyspace.described["cipher_key_file"].is_string() {
        keyspace.application().await.event_store().clone()
    } else {
        let salt = Salt::new(keyspace.salt());
        EventStore::new(keyspace.entities().await, Mapper::new(), salt)
    };
    for aggregate in list(&keyspace.described, "aggregates") {
        let verification = events.verify(id(aggregate)).await.unwrap();
        assert_eq!(Some(verification.events), aggregate["events"].as_u64());
        if let Some(head) = aggregate["head"].as_str() {
            assert_eq!(verification.head.unwrap().as_str(), head);
        }
    }
    keyspace.drop().await;
}

/// Appends to the stored aggregates and adds new ones.
pub async fn continued(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let app = keyspace.application().await;
    let mut saved = Vec::new();
    for aggregate in list(&keyspace.described, "aggregates") {
        if aggregate["discarded"] == true {
            continue;
        }
        let id = id(aggregate);
        match aggregate["entity_topic"].as_str().unwrap() {
            World::TOPIC => grow::<World>(&app, app.get(id).await.unwrap(), happen).await,
            Ledger::TOPIC => grow::<Ledger>(&app, app.get(id).await.unwrap(), pay).await,
            Example::TOPIC => grow::<Example>(&app, app.get(id).await.unwrap(), beat).await,
            _ => continue,
        }
        saved.push(id);
    }
    assert!(!saved.is_empty());
    grow(&app, World::create(Json::Null).unwrap(), happen).await;
    let text = |text: &str| Json::String(text.to_owned());
    let ledger = Ledger::create(text("ówner"), Json::Null, text("limits")).unwrap();
    let example = Example::create(Json::Null, Json::Bool(true), Json::Null).unwrap();
    let (a_ledger, an_example) = (ledger.id(), example.id());
    grow(&app, ledger, pay).await;
    grow(&app, example, beat).await;
    // Not of a world, because its history has a form of our own.
    if keyspace.has_snapshots() {
        app.take_snapshot::<Ledger>(a_ledger, ..=4).await.unwrap();
        app.take_snapshot::<Ledger>(a_ledger, ..).await.unwrap();
        app.take_snapshot::<Example>(an_example, ..).await.unwrap();
    }
    keyspace.accepted(&[]).await;
}

async fn grow<A: Snapshotted>(app: &Application, mut aggregate: A, change: fn(&mut A)) {
    for _ in 0..3 {
        change(&mut aggregate);
        app.save(&mut aggregate).await.unwrap();
    }
}

fn pay(ledger: &mut Ledger) {
    post(ledger, 7);
}

fn happen(world: &mut World) {
    let what = Json::parse(r#"{"in":["Rust",1e16,-0.0,"\u00e9"]}"#).unwrap();
    world.trigger(SomethingHappened { what }).unwrap();
    world.set_ruler(Json::Null).unwrap();
}

fn beat(example: &mut Example) {
    example.trigger(Heartbeat).unwrap();
}
