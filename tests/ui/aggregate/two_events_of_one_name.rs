use es::{Mutate, aggregate, event};

#[aggregate(events(Happened, Occurred))]
pub struct World {}

#[event]
pub struct Happened;

#[event(name = "Happened")]
pub struct Occurred;

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

impl Mutate<World> for Occurred {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
