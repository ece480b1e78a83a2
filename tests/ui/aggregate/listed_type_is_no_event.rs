use es::{Mutate, aggregate};

#[aggregate(events(Happened))]
pub struct World {}

pub struct Happened {
    pub what: String,
}

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
