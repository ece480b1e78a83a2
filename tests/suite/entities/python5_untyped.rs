//! Tests that every class in Python's stores replays as an untyped entity.

use std::collections::{BTreeMap, BTreeSet};

use es::domain::{Untyped, UntypedEvent};
use es::json::{Number, Value};
use es::{Error, Version};

use super::manifest;
use super::state::OfState;
use super::stores::Opened;

/// Applies the events of classes whose state follows from the payloads alone.
fn mutate(entity: &mut Untyped, event: UntypedEvent<'_>) {
    let attributes = entity.attributes_mut();
    match (event.name(), event.payload.get("item")) {
        ("Heartbeat", _) => {
            let count = match attributes.get("_count_heartbeats") {
                Some(Value::Number(count)) => count.as_u64().unwrap(),
                _ => 0,
            };
            let count = Number::from(count + 1).into();
            attributes.insert("_count_heartbeats".to_owned(), count);
        }
        ("ItemAdded", Some(item)) => {
            attributes.insert(item.to_string(), item.clone());
        }
        ("ItemRemoved", Some(item)) => {
            attributes.remove(&item.to_string());
        }
        _ => {}
    }
}

#[tokio::test]
async fn python5_every_class_replays_untyped_at_every_version() {
    let mut classes = BTreeSet::new();
    for name in ["plain.db", "encrypted.db", "salted.db"] {
        let opened = Opened::copy_of(name).await;
        for entity in &opened.database.aggregates {
            for at in &entity.versions {
                compare(&opened, entity, at).await;
            }
            classes.insert(entity.entity_topic.clone());
        }
    }
    assert!(!classes.is_empty());
}

async fn compare(opened: &Opened, entity: &manifest::Aggregate, at: &manifest::AtVersion) {
    let version = Version::new(at.version.unwrap());
    let query = opened.app.repository().get_untyped(entity.id);
    let found = query.at(version).mutate(mutate).await.unwrap();
    assert_eq!((found.id(), found.version()), (entity.id, Some(version)));
    assert_eq!(*found.topic(), *entity.entity_topic);
    assert_eq!(found.head().map(|head| head.to_string()), at.head);
    assert_eq!(found.is_discarded(), at.discarded);
    let Some(state) = &at.state else {
        return;
    };
    let state = OfState::parse(state);
    let times = [found.created_on(), found.last_modified()];
    assert_eq!(times.map(|time| time.map(|time| time.to_string())), {
        state.times.map_or([None, None], |times| times.map(Some))
    });
    let class = entity.entity_topic.rsplit('#').next().unwrap();
    match class {
        // The classes of these events change the state in code.
        "World" | "Ledger" => {}
        "Collection" => {
            let Some(Value::Array(items)) = state.attributes.get("_items") else {
                panic!("a collection has items");
            };
            let items: BTreeMap<_, _> = items
                .iter()
                .map(|it| (it.to_string(), it.clone()))
                .collect();
            assert_eq!(*found.attributes(), items);
        }
        _ => assert_eq!(named_as_stored(&found, &state.attributes), state.attributes),
    }
}

/// Renames attributes as Python's state has them: an argument `foo` of the first event is `_foo`
/// there. A count of zero is added.
fn named_as_stored(found: &Untyped, state: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let name = |name: &String| {
        let underscored = format!("_{name}");
        if state.contains_key(&underscored) {
            underscored
        } else {
            name.clone()
        }
    };
    let named = found.attributes().iter();
    let mut named: BTreeMap<_, _> = named
        .map(|(key, value)| (name(key), value.clone()))
        .collect();
    if state.contains_key("_count_heartbeats") {
        let none = || Number::from(0_u64).into();
        named
            .entry("_count_heartbeats".to_owned())
            .or_insert_with(none);
    }
    named
}

#[tokio::test]
async fn an_entity_that_was_never_created_is_not_found() {
    let opened = Opened::copy_of("plain.db").await;
    let missing = opened.app.repository().get_untyped(es::__private::new_id());
    assert!(matches!(missing.await, Err(Error::NotFound { .. })));
}
