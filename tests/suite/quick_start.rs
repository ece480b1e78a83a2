//! Tests of the domain of the documentation, `examples/quickstart/world.rs`.

use es::{Aggregate, Discarded};
use es_core::domain::{Replay, Salt, Stored, Verifier};

use crate::world::{SomethingHappened, World, WorldAttribute, WorldCreated, WorldEvent};

#[test]
fn a_world_replays_from_its_pending_events() {
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    world.set_ruler("money").unwrap();
    assert_eq!((world.ruler(), world.version().get()), ("money", 2));

    let mut replay = Replay::<World>::new(world.id(), Salt::from_env().unwrap());
    let mut verifier = Verifier::new(Salt::from_env().unwrap());
    for event in world.pending_events() {
        let stored = Stored {
            sequence_id: world.id(),
            position: event.originator_version().into(),
            topic: event.topic(),
            text: event.text(),
        };
        replay.apply(stored).unwrap();
        verifier.apply(stored).unwrap();
    }
    let replayed = replay.finish().unwrap();
    assert_eq!(
        (replayed.id(), replayed.ruler(), &replayed.history),
        (world.id(), world.ruler(), &world.history)
    );
    assert_eq!(
        (replayed.version(), replayed.head()),
        (world.version(), world.head())
    );
    assert_eq!(
        (replayed.created_on(), replayed.last_modified()),
        (world.created_on(), world.last_modified())
    );
    assert_eq!(verifier.finish().head, Some(world.head()));
}

#[test]
fn its_events_are_an_enum_of_their_payloads() {
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    world.set_ruler("money").unwrap();
    world.discard().unwrap();
    let events: Vec<_> = world
        .pending_events()
        .iter()
        .map(|event| event.payload().clone())
        .collect();
    assert_eq!(
        events,
        [
            WorldCreated {
                ruler: "gods".into()
            }
            .into(),
            SomethingHappened {
                what: "dinosaurs".into()
            }
            .into(),
            WorldAttribute::Ruler("money".into()).into(),
            WorldEvent::Discarded(Discarded),
        ]
    );
    assert_eq!(format!("{:?}", events[2]), r#"Ruler("money")"#);
    let topics: Vec<_> = world
        .pending_events()
        .iter()
        .map(|event| event.topic().as_str())
        .collect();
    assert_eq!(
        topics,
        [
            "World.Created",
            "World.SomethingHappened",
            "World.AttributeChanged",
            "World.Discarded"
        ]
    );
    assert!(
        world.pending_events()[2]
            .text()
            .contains(r#""name":"_ruler""#)
    );
    assert!(
        world.pending_events()[2]
            .text()
            .contains(r#""value":"money""#)
    );
    assert!(world.set_ruler("nobody").is_err());
}
