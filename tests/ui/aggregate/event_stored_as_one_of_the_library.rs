use es::{Mutate, aggregate, event};

#[aggregate(events(Made))]
pub struct World {}

#[event(name = "Created")]
pub struct Made;

impl Mutate<World> for Made {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
