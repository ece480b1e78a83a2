//! An aggregate and its events with different visibilities.
#![deny(warnings)]

mod outer {
    pub mod inner {
        #[es::aggregate(events(Happened))]
        pub(in crate::outer) struct World {
            #[attribute]
            ruler: String,
        }

        #[es::event]
        pub(crate) struct Happened {
            pub(super) what: String,
        }

        impl es::Mutate<World> for Happened {
            fn mutate(&self, world: &mut World) {
                world.ruler.clone_from(&self.what);
            }
        }
    }

    pub fn rule() -> String {
        let mut world = inner::World::create("gods").unwrap();
        es::Aggregate::trigger(&mut world, inner::Happened { what: "money".into() }).unwrap();
        match es::Aggregate::pending_events(&world)[1].payload() {
            inner::WorldEvent::Happened(event) => assert_eq!(event.what, world.ruler()),
            _ => unreachable!(),
        }
        world.ruler().to_owned()
    }
}

fn main() {
    assert_eq!(outer::rule(), "money");
}
