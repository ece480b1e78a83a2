use es::{Aggregate, Mutate, aggregate, event};

#[aggregate]
pub struct World {}

#[event]
pub struct Happened;

impl Mutate<World> for Happened {
    fn mutate(&self, _: &mut World) {}
}

impl World {
    pub fn happen(&mut self) -> es::Result<()> {
        self.trigger(Happened)
    }
}

fn main() {}
