//! Tests of versions and metadata in a store that Python reads. Python treats them as attributes of
//! the events.

use es::{Aggregate, Application, Metadata, Mutate, aggregate, event};
use uuid::Uuid;

use crate::python;

#[aggregate(
    topic = "worlds#World",
    base = "eventsourcing.domain.model.aggregate#AggregateRoot",
    events(SomethingHappened)
)]
pub struct World {
    #[attribute]
    ruler: String,
    pub history: Vec<String>,
}

#[event(version = 2, upcast(from = 1, with = renamed))]
pub struct SomethingHappened {
    pub thing: String,
}

#[event(name = "SomethingHappened")]
pub struct SomethingHappenedBefore {
    pub what: String,
}

fn renamed(old: SomethingHappenedBefore) -> SomethingHappened {
    SomethingHappened { thing: old.what }
}

impl Mutate<World> for SomethingHappened {
    fn mutate(&self, world: &mut World) {
        world.history.push(self.thing.clone());
    }
}

/// Python passes the values of a first event to a constructor that takes no metadata; therefore
/// only later events have metadata.
#[tokio::test]
#[ignore = "needs a Python with the library, named by ES_PYTHON5"]
async fn python5_accepts_events_with_versions_and_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worlds.db");
    let uri = format!("sqlite:///{}", path.display());
    let app = Application::builder()
        .allow_shared_topics()
        .uri(uri)
        .open()
        .await
        .unwrap();
    let mut world = World::create("gods").unwrap();
    let request = Metadata::new()
        .correlation(Uuid::from_u128(7))
        .with("user", "Zoë");
    request.scope(|| {
        let thing = "dinosaurs".to_owned();
        world.trigger(SomethingHappened { thing }).unwrap();
        world.set_ruler("money").unwrap();
    });
    app.save(&mut world).await.unwrap();
    let loaded: World = app.get(world.id()).await.unwrap();
    assert_eq!(loaded.history, ["dinosaurs"]);
    app.close().await.unwrap();

    let modules = python::modules();
    let said = python::check(
        &path,
        &["--modules", &modules, "--all-versions", "--contiguous"],
    );
    assert!(
        said.contains("__event_version__") && said.contains("Zo"),
        "{said}"
    );
}
