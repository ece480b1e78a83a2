use es::json::Value;
use es::{Aggregate as Entity, Mutate, entity, event};

/// The worked example of the Python library's documentation: an entity with three attributes and a heart.
///
/// It has that library's topics, so that what one program stored the other reads. Over there attributes can be anything
/// that JSON holds; here they are `Value`s for that reason, where a domain of one's own would say `String`.
#[entity(
    versioned,
    timestamped,
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

/// Its heart beat.
#[event]
pub struct Heartbeat;

impl Mutate<Example> for Heartbeat {
    fn mutate(&self, example: &mut Example) {
        example.count_heartbeats += 1;
    }
}

impl Example {
    /// Changes any attribute; `set_foo` and its like are the same for one.
    pub fn change_attribute(&mut self, change: ExampleAttribute) -> es::Result<()> {
        self.trigger(change)
    }

    /// Lets the heart beat, `number_of_beats` times.
    pub fn beat_heart(&mut self, number_of_beats: u64) -> es::Result<()> {
        for _ in 0..number_of_beats {
            self.trigger(Heartbeat)?;
        }
        Ok(())
    }

    /// How often the heart has beaten.
    pub fn count_heartbeats(&self) -> u64 {
        self.count_heartbeats
    }
}

/// A new example, with one pending event.
pub fn create_new_example(foo: &str, a: &str, b: &str) -> es::Result<Example> {
    Example::create(foo.into(), a.into(), b.into())
}
