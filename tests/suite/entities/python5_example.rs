//! Tests of `examples/heartbeat` with the entities that Python stored.

use std::collections::BTreeMap;

use es::json::{Number, Value};
use es::{Aggregate as Entity, Error};

use super::state::OfState;
use super::stores::Opened;
use crate::example::{Example, ExampleAttribute, create_new_example};

fn attributes(example: &Example) -> BTreeMap<String, Value> {
    [
        ("_foo", example.foo().clone()),
        ("_a", example.a().clone()),
        ("_b", example.b().clone()),
        (
            "_count_heartbeats",
            Number::from(example.count_heartbeats()).into(),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn an_example_changes_and_beats() {
    let mut example = create_new_example("bar", "a", "b").unwrap();
    let change = ExampleAttribute::Foo("baz".into());
    example.change_attribute(change).unwrap();
    example.beat_heart(3).unwrap();
    assert_eq!(*example.foo(), "baz".into());
    assert_eq!(
        (example.count_heartbeats(), example.version().get()),
        (3, 4)
    );
    let topics = example.pending_events().iter();
    let topics: Vec<_> = topics.map(|event| event.topic().as_str()).collect();
    assert_eq!(
        topics[1],
        "eventsourcing.example.domainmodel#Example.AttributeChanged"
    );
    assert_eq!(
        topics[2],
        "eventsourcing.example.domainmodel#Example.Heartbeat"
    );
}

#[tokio::test]
async fn python5_every_example_replays_at_every_version() {
    let mut compared = 0;
    for name in ["plain.db", "encrypted.db", "salted.db"] {
        let opened = Opened::copy_of(name).await;
        for entity in &opened.database.aggregates {
            if entity.entity_topic != Example::TOPIC {
                continue;
            }
            for at in &entity.versions {
                let version = es::Version::new(at.version.unwrap());
                let example = opened.app.get_at::<Example>(entity.id, version).await;
                let Some(state) = &at.state else {
                    assert!(matches!(example, Err(Error::NotFound { .. })));
                    continue;
                };
                let example = example.unwrap();
                let expected = OfState::parse(state);
                assert_eq!(Some(example.head().to_string()), expected.head);
                assert_eq!(Some(example.version().to_string()), expected.version);
                let times = [example.created_on(), example.last_modified()];
                assert_eq!(Some(times.map(|time| time.to_string())), expected.times);
                assert_eq!(attributes(&example), expected.attributes);
                compared += 1;
            }
        }
    }
    assert!(compared > 0);
}
