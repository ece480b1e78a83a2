//! Tests of a later version of the program that reads the events of this one.

use es::{Aggregate, Error};

use crate::store::{Store, saved};

/// The aggregate in a later version of the program.
mod later {
    use es::{Mutate, aggregate, event};

    #[aggregate(events(SomethingHappened))]
    pub struct World {
        #[attribute]
        ruler: String,
    }

    #[event]
    pub struct SomethingHappened {
        pub what: String,
        pub to_whom: String,
    }

    impl Mutate<World> for SomethingHappened {
        fn mutate(&self, _: &mut World) {}
    }
}

#[tokio::test]
async fn an_event_of_a_later_type_is_not_reported_as_damaged() {
    let store = Store::new();
    let app = store.open().await;
    let world = saved(&app).await;
    let error = app.get::<later::World>(world.id()).await.err().unwrap();
    assert!(matches!(error, Error::Undecodable { .. }), "{error}");
    assert!(error.to_string().contains("serde(default)"), "{error}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("to_whom"), "{source}");
}
