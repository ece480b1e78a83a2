//! The worked example of the Python library, with a heart.

use es::json::Value;
use es::{Aggregate as Entity, Mutate, entity, event};

/// The worked example of the Python library's documentation: an entity with three attributes and a
/// heart.
///
/// It has that library's topics, so that each program reads the other's events. In Python an
/// attribute can be any JSON value; therefore attributes are `Value`s here. Your own domain would
/// use `String`.
#[entity(
    versioned,
    timestamped,
    snapshot,
    topic = "eventsourcing.example.domainmodel#Example",
    events(Heartbeat)
)]
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    #[attribute]
    foo: Value,
    #[attribute]
    a: Value,
    #[attribute]
    b: Value,
    count_heartbeats: u64,
}

/// The heart beat once.
#[event]
pub struct Heartbeat;

impl Mutate<Example> for Heartbeat {
    fn mutate(&self, example: &mut Example) {
        example.count_heartbeats += 1;
    }
}

impl Example {
    /// Changes any attribute. `set_foo` and the other setters each change one.
    pub fn change_attribute(&mut self, change: ExampleAttribute) -> es::Result<()> {
        self.trigger(change)
    }

    /// Triggers `number_of_beats` heartbeats.
    pub fn beat_heart(&mut self, number_of_beats: u64) -> es::Result<()> {
        for _ in 0..number_of_beats {
            self.trigger(Heartbeat)?;
        }
        Ok(())
    }

    /// Returns the number of heartbeats.
    pub fn count_heartbeats(&self) -> u64 {
        self.count_heartbeats
    }
}

/// Creates an example with one pending event.
pub fn create_new_example(foo: &str, a: &str, b: &str) -> es::Result<Example> {
    Example::create(foo.into(), a.into(), b.into())
}
