// The domain of the quick start: one aggregate and one event.

use es::{Aggregate, Mutate, aggregate, event};

/// A small world with a ruler and a history.
#[aggregate(events(SomethingHappened))]
pub struct World {
    /// The ruler, changed by `set_ruler`.
    #[attribute]
    ruler: String,
    pub history: Vec<String>,
}

/// Something happened in the world.
#[event]
pub struct SomethingHappened {
    pub what: String,
}

impl Mutate<World> for SomethingHappened {
    fn mutate(&self, world: &mut World) {
        world.history.push(self.what.clone());
    }
}

impl World {
    pub fn make_it_so(&mut self, what: impl Into<String>) -> es::Result<()> {
        self.trigger(SomethingHappened { what: what.into() })
    }
}
