use es::{Mutate, aggregate};

#[aggregate(events(one::Happened, other::Happened))]
pub struct World {}

mod one {
    #[es::event]
    pub struct Happened;
}

mod other {
    #[es::event]
    pub struct Happened;
}

impl Mutate<World> for one::Happened {
    fn mutate(&self, _: &mut World) {}
}

fn main() {}
