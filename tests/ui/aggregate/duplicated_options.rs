use es::{Mutate, aggregate, event};

#[aggregate(
    events(A),
    events(A),
    topic = "World",
    topic = "World",
    base = "World",
    base = "World",
    was("Earth"),
    was("Earth"),
    crate = ::es,
    crate = ::es
)]
pub struct World {}

#[event]
pub struct A;

impl Mutate<World> for A {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
