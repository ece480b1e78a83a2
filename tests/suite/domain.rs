//! Tests of a domain without a database, a runtime or `async`.

use es::{Aggregate, Discarded, Error, Event, EventHash, Mutate, aggregate, event};
use es_testing::{given, when_created};
use uuid::Uuid;

use crate::world::{SomethingHappened, World, WorldAttribute, WorldCreated, WorldEvent};

fn created() -> WorldCreated {
    WorldCreated {
        ruler: "gods".to_owned(),
    }
}

fn happened(what: &str) -> SomethingHappened {
    SomethingHappened {
        what: what.to_owned(),
    }
}

#[test]
fn a_command_triggers_events() {
    given::<World>(created())
        .and(happened("dinosaurs"))
        .when(|world| world.make_it_so("trucks"))
        .then([happened("trucks")])
        .then_state(|world| assert_eq!(world.history, ["dinosaurs", "trucks"]));
    given::<World>(created())
        .when(|world| world.set_ruler("money"))
        .then([WorldAttribute::Ruler("money".to_owned())]);
    when_created(|| World::create("gods")).then([WorldEvent::Created(created())]);
}

#[test]
fn a_command_can_be_refused() {
    given::<World>(created())
        .when(|world| Err::<(), _>(world.id()))
        .then_error(|_| true);
    given::<World>(created())
        .when(|world| {
            world.discard()?;
            world.make_it_so("too late")
        })
        .then_state(|world| assert!(world.is_discarded()));
    given::<World>(created())
        .when(|_| Ok::<_, Error>(()))
        .then_nothing();
}

#[test]
#[should_panic(expected = "left: the events that happened; right: those expected")]
fn other_events_than_expected_fail_the_test() {
    given::<World>(created())
        .when(|world| world.make_it_so("trucks"))
        .then([happened("dinosaurs")]);
}

#[test]
#[should_panic(expected = "the command succeeded")]
fn a_command_that_should_fail_and_does_not_fails_the_test() {
    given::<World>(created())
        .when(|world| world.make_it_so("trucks"))
        .then_error(|_| true);
}

#[aggregate(events(Counted))]
#[derive(Debug, PartialEq)]
struct Impure {
    count: u64,
}

#[event]
struct Counted;

impl Mutate<Impure> for Counted {
    fn mutate(&self, impure: &mut Impure) {
        use std::sync::atomic::{AtomicU64, Ordering};
        static CALLS: AtomicU64 = AtomicU64::new(0);
        impure.count = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    }
}

#[test]
#[should_panic(expected = "left: the aggregate replayed")]
fn a_mutate_that_depends_on_more_than_the_event_is_detected() {
    when_created(Impure::create).then_replays();
    given::<Impure>(ImpureCreated {})
        .when(|impure| impure.trigger(Counted))
        .then_replays();
}

#[test]
#[should_panic(expected = "left: the aggregate replayed")]
fn a_mutate_of_a_discarded_aggregate_is_checked() {
    given::<Impure>(ImpureCreated {})
        .when(|impure| {
            impure.trigger(Counted)?;
            impure.trigger(Counted)?;
            impure.discard()
        })
        .then_replays();
}

#[test]
fn events_are_chained_values() {
    let id = Uuid::from_u128(7);
    let mut world = World::create_with(id, "gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    world.discard().unwrap();
    let [first, second, last] = world.pending_events() else {
        panic!()
    };
    assert_eq!(
        (first.originator_id(), first.originator_version().get()),
        (id, 0)
    );
    assert_eq!(
        (first.previous_hash(), second.previous_hash()),
        (None, Some(first.event_hash()))
    );
    assert_eq!(last.event_hash(), world.head());
    assert_eq!(first.timestamp(), world.created_on());
    assert_eq!(last.timestamp(), world.last_modified());
    let topics = [first, second, last].map(|event| event.topic().to_string());
    assert_eq!(
        topics,
        [
            "World.Created",
            "World.SomethingHappened",
            "World.Discarded"
        ]
    );
    assert_eq!(first, &first.clone());
    assert_ne!(first, second);
    assert_eq!(
        second.payload(),
        &WorldEvent::SomethingHappened(happened("dinosaurs"))
    );
    assert_eq!(
        second.payload_as::<SomethingHappened>(),
        Some(&happened("dinosaurs"))
    );
    assert_eq!(last.payload_as::<Discarded>(), Some(&Discarded));
    assert!(
        first.text().starts_with(r#"{"__event_hash__":""#),
        "{}",
        first.text()
    );
    assert_eq!(SomethingHappened::NAME, "SomethingHappened");
}

#[test]
fn the_same_event_in_two_sequences_is_two_events() {
    let world = |number| World::create_with(Uuid::from_u128(number), "gods").unwrap();
    assert_ne!(world(1).pending_events()[0], world(2).pending_events()[0]);
}

#[test]
fn a_hash_reads_from_its_digits_alone() {
    let world = World::create("gods").unwrap();
    assert_eq!(EventHash::parse(world.head().as_str()), Some(world.head()));
    assert_eq!(
        EventHash::parse(
            &world
                .head()
                .as_str()
                .to_uppercase()
                .replace(|c: char| c.is_ascii_digit(), "A")
        ),
        None
    );
    assert_eq!(EventHash::parse("ab"), None);
}
