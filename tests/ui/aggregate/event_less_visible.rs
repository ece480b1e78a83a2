#![deny(private_interfaces)]

use es::{Mutate, aggregate, event};

#[aggregate(events(Happened))]
pub struct World {}

#[event]
struct Happened;

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
