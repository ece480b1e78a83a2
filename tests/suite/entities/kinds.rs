//! Tests of the kinds of entities: the keys of their events, and their replay.

use es::domain::{EntityKind, HashChained, Recorded, Replay, Stored, Timestamped, Versioned};
use es::{Aggregate, Aggregate as Entity, Position, Salt, aggregate, entity};

macro_rules! kinds {
    ($($name:ident = $(#[$macro:meta])+;)*) => {$(
        $(#[$macro])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            #[attribute]
            place: String,
        }
    )*};
}

kinds! {
    Plain = #[entity];
    Numbered = #[entity(versioned)];
    Timed = #[entity(timestamped)];
    Both = #[entity(versioned, timestamped)];
    Unsealed = #[entity(versioned, integrity = off)];
    Bare = #[entity(integrity = off)];
    Root = #[aggregate];
    UnsealedRoot = #[aggregate(integrity = off)];
}

const KEPT_BY_ROOT: EntityKind = EntityKind::AGGREGATE;

fn replayed<A: Entity>(entity: &A) -> A {
    let mut replay = Replay::new(entity.id(), Salt::from_env().unwrap());
    for event in entity.pending_events() {
        let stored = Stored {
            sequence_id: event.originator_id(),
            position: event.header().position().unwrap_or(Position::from(0)),
            topic: event.topic(),
            text: event.text(),
        };
        replay.apply(stored).unwrap();
    }
    replay.finish().unwrap()
}

/// Returns true if the events have exactly the keys that their kind requires.
fn matches_its_kind<A: Aggregate>(entity: &A) -> bool {
    entity.pending_events().iter().all(|event| {
        let holds = |key: &str| event.text().contains(&format!("\"{key}\":"));
        [
            ("originator_version", A::KIND.versions),
            ("timestamp", A::KIND.times),
            ("__event_hash__", A::KIND.hashes),
            ("__previous_hash__", A::KIND.hashes),
            ("__event_topic__", A::KIND.hashes),
        ]
        .iter()
        .all(|(key, kept)| holds(key) == (*kept == Recorded::Yes))
    })
}

macro_rules! every_kind {
    ($($name:ident = $kind:expr;)*) => {
        #[test]
        fn every_kind_has_its_fields_and_replays_from_its_text() {
            $({
                let mut entity = $name::create("here").unwrap();
                entity.set_place("there".to_owned()).unwrap();
                entity.set_place("nowhere".to_owned()).unwrap();
                assert_eq!($name::KIND, $kind);
                assert!(matches_its_kind(&entity), "{}", $name::TOPIC);
                let copy = replayed(&entity);
                assert_eq!(copy, entity);
                assert_eq!(copy.place(), "nowhere");
            })*
        }
    };
}

every_kind! {
    Plain = EntityKind::ENTITY;
    Numbered = EntityKind::ENTITY.versioned();
    Timed = EntityKind::ENTITY.timestamped();
    Both = EntityKind::ENTITY.versioned().timestamped();
    Unsealed = EntityKind::ENTITY.versioned().unchained();
    Bare = EntityKind::ENTITY.unchained();
    Root = KEPT_BY_ROOT;
    UnsealedRoot = KEPT_BY_ROOT.unchained();
}

#[test]
fn recorded_fields_are_available_on_the_copy() {
    fn fields<A: Versioned + Timestamped + HashChained>(entity: &A) -> [String; 4] {
        [
            entity.version().to_string(),
            entity.head().to_string(),
            entity.created_on().to_string(),
            entity.last_modified().to_string(),
        ]
    }
    let mut entity = Both::create("here").unwrap();
    entity.set_place("there".to_owned()).unwrap();
    assert_eq!(fields(&replayed(&entity)), fields(&entity));
    assert_eq!(entity.version(), 1);
    assert_eq!(entity.pending_events()[1].event_hash(), entity.head());
}

#[test]
fn times_that_are_positions_never_repeat() {
    let mut entity = Timed::create("0").unwrap();
    for place in 1..2000 {
        entity.set_place(place.to_string()).unwrap();
    }
    let times: Vec<_> = entity
        .pending_events()
        .iter()
        .map(es::DomainEvent::timestamp)
        .collect();
    assert!(times.is_sorted_by(|one, next| one < next));
}
