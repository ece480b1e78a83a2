//! Tests of renamed aggregates and events, and of retired events.

use es::{Aggregate, Application, Error, Mutate, aggregate, event};
use es_testing::given;

mod before {
    use super::*;

    #[aggregate(events(Grown))]
    pub struct Tree {
        #[attribute]
        kind: String,
        pub height: u32,
    }

    #[event]
    pub struct Grown {
        pub by: u32,
    }

    impl Mutate<Tree> for Grown {
        fn mutate(&self, tree: &mut Tree) {
            tree.height += self.by;
        }
    }
}

mod after {
    use super::*;

    #[aggregate(topic = "garden#Plant", was("Tree"), events(Shot, Felled))]
    #[derive(Debug)]
    pub struct Plant {
        #[attribute]
        kind: String,
        pub height: u32,
    }

    #[event(was("Grown"))]
    pub struct Shot {
        pub by: u32,
    }

    /// Trees are no longer felled.
    #[event(retired)]
    pub struct Felled;

    impl Mutate<Plant> for Shot {
        fn mutate(&self, plant: &mut Plant) {
            plant.height += self.by;
        }
    }

    impl Mutate<Plant> for Felled {
        fn mutate(&self, plant: &mut Plant) {
            plant.height = 0;
        }
    }
}

use after::{Felled, Plant, Shot};

#[tokio::test]
async fn aggregates_stored_under_old_names_are_found_and_continue_under_new_names() {
    let app = Application::builder()
        .allow_shared_topics()
        .uri("sqlite::memory:")
        .open()
        .await
        .unwrap();
    let mut tree = before::Tree::create("oak").unwrap();
    tree.trigger(before::Grown { by: 2 }).unwrap();
    tree.set_kind("elm").unwrap();
    app.save(&mut tree).await.unwrap();

    let mut plant: Plant = app.get(tree.id()).await.unwrap();
    assert_eq!((plant.kind(), plant.height), ("elm", 2));
    plant.trigger(Shot { by: 1 }).unwrap();
    app.save(&mut plant).await.unwrap();
    let events = app.events::<Plant>(tree.id()).await.unwrap();
    let topics: Vec<_> = events.iter().map(|event| event.topic().as_str()).collect();
    let expected = [
        "Tree.Created",
        "Tree.Grown",
        "Tree.AttributeChanged",
        "garden#Plant.Shot",
    ];
    assert_eq!(topics, expected);

    // By topic, the sequence is ambiguous: both types claim `Tree`.
    let any = app.get_any(tree.id()).await;
    assert!(matches!(any, Err(Error::AmbiguousTopic { .. })), "{any:?}");
    let mut young = Plant::create("ash").unwrap();
    app.save(&mut young).await.unwrap();
    let any = app.get_any(young.id()).await.unwrap();
    assert_eq!(any.downcast_ref::<Plant>().unwrap().kind(), "ash");
    // The older program does not know the new names.
    let old = app.get::<before::Tree>(tree.id()).await;
    assert!(matches!(old.err(), Some(Error::UnknownTopic { .. })));
}

#[test]
fn a_retired_event_is_part_of_histories_and_replays() {
    let created = after::PlantCreated {
        kind: "oak".to_owned(),
    };
    given::<Plant>(created)
        .and(Shot { by: 3 })
        .and(Felled)
        .when(|plant| plant.trigger(Shot { by: 1 }))
        .then([Shot { by: 1 }])
        .then_state(|plant| assert_eq!(plant.height, 1));
}
