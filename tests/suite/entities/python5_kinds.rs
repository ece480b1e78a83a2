//! Tests of the entities of `events.jsonl`, declared as types.

use std::collections::BTreeMap;

use es::domain::{HashChained, Replay, Stored, Timestamped, Versioned};
use es::json::Value;
use es::{
    Aggregate as Entity, Error, Mutate, Position, Salt, Timestamp, Topic, aggregate, entity, event,
};
use uuid::Uuid;

use super::state::OfState;
use crate::vectors::{rows, text};

/// Declares types with attributes of any name. A change of an attribute is an event of the type;
/// the library's own event of that name has an unused base and never occurs.
macro_rules! open_kinds {
    ($($name:ident $changed:ident $topic:literal = #[$macro:meta];)*) => {$(
        #[$macro]
        pub struct $name {
            attributes: BTreeMap<String, Value>,
        }

        #[event(name = $topic)]
        pub struct $changed {
            name: String,
            value: Value,
        }

        impl Mutate<$name> for $changed {
            fn mutate(&self, entity: &mut $name) {
                entity.attributes.insert(self.name.clone(), self.value.clone());
            }
        }

        impl Attributes for $name {
            fn attributes(&self) -> &BTreeMap<String, Value> {
                &self.attributes
            }
        }
    )*};
}

trait Attributes {
    fn attributes(&self) -> &BTreeMap<String, Value>;
}

open_kinds! {
    DomainEntity DomainEntityChanged "eventsourcing.domain.model.entity#DomainEntity.AttributeChanged" =
        #[entity(topic = "eventsourcing.domain.model.entity#DomainEntity", base = "unused", events(DomainEntityChanged))];
    VersionedEntity VersionedEntityChanged "eventsourcing.domain.model.entity#VersionedEntity.AttributeChanged" =
        #[entity(versioned, topic = "eventsourcing.domain.model.entity#VersionedEntity", base = "unused", events(VersionedEntityChanged))];
    TimestampedEntity TimestampedEntityChanged "eventsourcing.domain.model.entity#TimestampedEntity.AttributeChanged" =
        #[entity(timestamped, topic = "eventsourcing.domain.model.entity#TimestampedEntity", base = "unused", events(TimestampedEntityChanged))];
    TimestampedVersionedEntity TimestampedVersionedEntityChanged "eventsourcing.domain.model.entity#TimestampedVersionedEntity.AttributeChanged" =
        #[entity(versioned, timestamped, topic = "eventsourcing.domain.model.entity#TimestampedVersionedEntity", base = "unused", events(TimestampedVersionedEntityChanged))];
    AggregateRoot AggregateRootChanged "eventsourcing.domain.model.aggregate#AggregateRoot.AttributeChanged" =
        #[aggregate(topic = "eventsourcing.domain.model.aggregate#AggregateRoot", base = "unused", events(AggregateRootChanged))];
    Unsealed UnsealedChanged "worlds#Unsealed.AttributeChanged" =
        #[entity(versioned, integrity = off, topic = "worlds#Unsealed", base = "unused", events(UnsealedChanged))];
}

/// Reads the head, the version and the times of an entity, as far as its kind has them.
type Getters<A> = fn(&A) -> (Option<String>, Option<String>, Option<[Timestamp; 2]>);

/// Replays every sequence of a kind up to each of its events and compares the states.
fn compare_all<A: Entity + Attributes>(kind: &str, getters: Getters<A>) {
    let mut sequences: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for row in rows("events.jsonl") {
        if text(&row, "kind") == Some(kind) {
            let key = |name| text(&row, name).unwrap().to_owned();
            let sequence = (key("label"), key("sequence"));
            sequences.entry(sequence).or_default().push(row);
        }
    }
    assert!(!sequences.is_empty(), "no `{kind}`");
    for rows in sequences.values() {
        for len in 1..=rows.len() {
            compare(&rows[..len], getters);
        }
    }
}

fn compare<A: Entity + Attributes>(rows: &[Value], getters: Getters<A>) {
    let after = rows.last().and_then(|row| row.get("after")).unwrap();
    let replayed = replay::<A>(rows);
    let Some(state) = text(after, "state") else {
        assert_eq!(after.get("discarded"), Some(&Value::Bool(true)));
        assert!(matches!(replayed, Err(Error::NotFound { .. })));
        return;
    };
    let entity = replayed.unwrap();
    let (head, version, times) = getters(&entity);
    let expected = OfState::parse(state);
    assert_eq!((head, version), (expected.head, expected.version));
    let times = times.map(|times| times.map(|time| time.to_string()));
    assert_eq!(times, expected.times);
    assert_eq!(*entity.attributes(), expected.attributes);
}

fn replay<A: Entity>(rows: &[Value]) -> es::Result<A> {
    let id: Uuid = text(&rows[0], "sequence_id").unwrap().parse().unwrap();
    let mut replay = Replay::new(id, Salt::new(text(&rows[0], "salt").unwrap()));
    for (row, position) in rows.iter().zip(0_i64..) {
        let topic = Topic::stored(text(row, "event_type").unwrap());
        replay.apply(Stored {
            sequence_id: id,
            position: Position::from(position),
            topic: &topic,
            text: text(row, "state_text").unwrap(),
        })?;
    }
    replay.finish()
}

fn head<A: HashChained>(entity: &A) -> Option<String> {
    Some(entity.head().to_string())
}

fn version<A: Versioned>(entity: &A) -> Option<String> {
    Some(entity.version().to_string())
}

fn times<A: Timestamped>(entity: &A) -> Option<[Timestamp; 2]> {
    Some([entity.created_on(), entity.last_modified()])
}

#[test]
fn python5_domain_entities_replay() {
    compare_all::<DomainEntity>("DomainEntity", |it| (head(it), None, None));
}

#[test]
fn python5_versioned_entities_replay() {
    compare_all::<VersionedEntity>("VersionedEntity", |it| (head(it), version(it), None));
}

#[test]
fn python5_timestamped_entities_replay() {
    compare_all::<TimestampedEntity>("TimestampedEntity", |it| (head(it), None, times(it)));
}

#[test]
fn python5_timestamped_versioned_entities_replay() {
    compare_all::<TimestampedVersionedEntity>("TimestampedVersionedEntity", |it| {
        (head(it), version(it), times(it))
    });
}

#[test]
fn python5_aggregate_roots_replay() {
    compare_all::<AggregateRoot>("AggregateRoot", |it| (head(it), version(it), times(it)));
}

#[test]
fn python5_unsealed_entities_replay() {
    compare_all::<Unsealed>("Unsealed", |it| (None, version(it), None));
}
