use es::{Mutate, aggregate, event};

#[aggregate(events(Happened, Happened))]
pub struct World {}

#[event]
pub struct Happened;

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
