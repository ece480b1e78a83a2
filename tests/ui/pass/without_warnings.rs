//! Unused generated items give no warnings.
#![deny(warnings)]

mod domain {
    #[es::aggregate(events(Happened))]
    pub(crate) struct World {
        #[attribute]
        ruler: String,
        #[attribute(skip(setter, getter))]
        #[allow(dead_code)]
        hidden: u8,
        #[created]
        #[allow(dead_code)]
        since: u64,
    }

    #[es::event]
    pub(crate) struct Happened {}

    impl es::Mutate<World> for Happened {
        fn mutate(&self, _: &mut World) {}
    }
}

fn main() {
    let mut world = domain::World::create("gods", 1, 2).expect("it can be stored");
    es::Aggregate::trigger(&mut world, domain::Happened {}).expect("it can be stored");
}
