//! Aggregates and events compile under strict lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms)]
#![deny(unused, unused_qualifications, elided_lifetimes_in_paths, private_interfaces, let_underscore_drop)]
#![deny(trivial_casts, trivial_numeric_casts, single_use_lifetimes, unused_lifetimes, variant_size_differences)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]

use es::{Mutate, aggregate, event};

/// A little world.
#[aggregate(events(Happened, Ended))]
#[derive(Debug, Clone, PartialEq)]
struct World {
    /// The ruler.
    #[attribute]
    ruler: String,
    #[attribute]
    population: u64,
    #[created]
    since: u64,
    history: Vec<String>,
}

/// Something happened.
#[event]
struct Happened {
    what: String,
}

/// The end.
#[event]
struct Ended;

impl Mutate<World> for Happened {
    fn mutate(&self, world: &mut World) {
        world.history.push(self.what.clone());
    }
}

impl Mutate<World> for Ended {
    fn mutate(&self, world: &mut World) {
        world.population = world.since;
    }
}

fn main() {
    let happened = Happened { what: "dinosaurs".into() };
    let mut world = World::create("gods", 1, 2).expect("it can be stored");
    es::Aggregate::trigger(&mut world, happened).expect("it can be stored");
    es::Aggregate::trigger(&mut world, Ended).expect("it can be stored");
}
