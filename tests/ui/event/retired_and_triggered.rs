use es::{Aggregate, Mutate, aggregate, event};

#[aggregate(events(Beaten))]
pub struct World {}

#[event(retired)]
pub struct Beaten;

impl Mutate<World> for Beaten {
    fn mutate(&self, _: &mut World) {}
}

impl World {
    pub fn beat(&mut self) -> es::Result<()> {
        self.trigger(Beaten)
    }
}

fn main() {}
