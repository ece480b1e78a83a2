//! Generated items have documentation, so that `missing_docs` reports nothing.
#![deny(missing_docs, unreachable_pub, rustdoc::broken_intra_doc_links)]

/// The domain.
pub mod domain {
    /// A little world.
    #[es::aggregate(events(Happened))]
    pub struct World {
        #[attribute]
        ruler: String,
        #[created]
        since: u64,
    }

    /// Something happened.
    #[es::event]
    pub struct Happened;

    impl es::Mutate<World> for Happened {
        fn mutate(&self, _: &mut World) {}
    }
}

fn main() {}
