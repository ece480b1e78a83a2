//! Tests of the checks and the attribute names of untyped entities.

use es::domain::{Stored, Untyped, UntypedReplay};
use es::error::Damage;
use es::{Aggregate, Error, Position, Salt, entity};

use crate::world::World;

#[entity(versioned, integrity = off)]
pub struct Note {
    #[attribute(name = "text")]
    text: String,
}

/// Replays some of the pending events in the given order.
fn replay<A: Aggregate>(entity: &A, order: &[usize]) -> es::Result<Untyped> {
    let mut replay = UntypedReplay::new(entity.id(), Salt::from_env().unwrap());
    for at in order {
        let event = &entity.pending_events()[*at];
        replay.apply(Stored {
            sequence_id: entity.id(),
            position: event.header().position().unwrap_or(Position::from(0)),
            topic: event.topic(),
            text: event.text(),
        })?;
    }
    replay.finish()
}

fn damage(found: es::Result<Untyped>) -> Damage {
    match found {
        Err(Error::Integrity(error)) => error.damage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_change_applies_to_the_state_of_the_first_event() {
    let mut world = World::create("gods").unwrap();
    world.set_ruler("money").unwrap();
    let found = replay(&world, &[0, 1]).unwrap();
    assert_eq!(found.attribute("ruler"), Some(&"money".into()));
    assert_eq!(found.attributes().len(), 1);
    assert_eq!(found.head(), Some(world.head()));
    assert_eq!(found.last_modified(), Some(world.last_modified()));

    let mut note = Note::create("a").unwrap();
    note.set_text("b".to_owned()).unwrap();
    let found = replay(&note, &[0, 1]).unwrap();
    assert_eq!(found.attribute("text"), Some(&"b".into()));
    assert_eq!(
        (found.head(), found.version()),
        (None, Some(note.version()))
    );
}

#[test]
fn the_order_of_events_is_checked_chained_or_not() {
    let mut world = World::create("gods").unwrap();
    world.set_ruler("money").unwrap();
    world.discard().unwrap();
    let mut note = Note::create("a").unwrap();
    note.set_text("b".to_owned()).unwrap();
    note.discard().unwrap();
    assert!(matches!(
        damage(replay(&world, &[0, 2])),
        Damage::PreviousHash
    ));
    assert!(matches!(damage(replay(&world, &[1])), Damage::NotCreated));
    assert!(matches!(
        damage(replay(&note, &[0, 2])),
        Damage::Version { .. }
    ));
    assert!(matches!(damage(replay(&note, &[1])), Damage::NotCreated));
    assert!(matches!(
        damage(replay(&note, &[0, 0])),
        Damage::CreatedTwice
    ));
    for discarded in [
        damage(replay(&world, &[0, 1, 2, 1])),
        damage(replay(&note, &[0, 1, 2, 1])),
    ] {
        assert!(matches!(discarded, Damage::AfterDiscarded));
    }
    assert!(replay(&note, &[0, 1, 2]).unwrap().is_discarded());
}
