//! The library as a dependency with another name.

extern crate es as framework;

use framework::Aggregate;

mod inner {
    pub mod facade {
        pub use framework::*;
    }
}

#[framework::aggregate(events(Happened), crate = crate::inner::facade)]
pub struct World {
    #[attribute]
    ruler: String,
}

#[framework::event(crate = framework)]
pub struct Happened;

impl framework::Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {
    let mut world = World::create("gods").unwrap();
    world.trigger(Happened).unwrap();
}
