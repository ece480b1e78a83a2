use es::{Mutate, aggregate, event};

#[aggregate(events(Happened))]
pub struct World {}

#[event]
pub enum Happened {
    Once { what: String },
    Twice,
}

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
