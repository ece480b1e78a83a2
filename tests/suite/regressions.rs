//! Regression tests.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es::error::{Damage, IntegrityError};
use es::event_store::Transcoder;
use es::{Aggregate, Application, BoxError, Bus, Error, Mutate, aggregate, event};

use crate::store::Store;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn streams_can_be_read_within_streams() {
    let store = Store::new();
    let app = store.open().await;
    let mut world = World::create("gods").unwrap();
    for number in 0..20 {
        world.make_it_so(number.to_string()).unwrap();
    }
    app.save(&mut world).await.unwrap();
    let two = NonZeroUsize::new(2).unwrap();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = app.items(world.id()).page_size(two).stream();
        let next = tokio::time::timeout(Duration::from_secs(30), stream.next());
        assert!(next.await.expect("the read does not hang").unwrap().is_ok());
        streams.push(stream);
    }
    let inside = tokio::time::timeout(Duration::from_secs(30), app.get::<World>(world.id()));
    assert!(inside.await.expect("the read does not hang").is_ok());
}

#[aggregate(events(Echoed))]
struct Canyon {
    refused: Option<String>,
}

#[event]
struct Echoed;

impl Mutate<Canyon> for Echoed {
    fn mutate(&self, canyon: &mut Canyon) {
        canyon.refused = canyon.trigger(Echoed).err().map(|error| error.to_string());
    }
}

#[tokio::test]
async fn an_event_triggered_by_mutate_is_refused_and_the_sequence_stays_readable() {
    let store = Store::new();
    let app = store.open().await;
    let mut canyon = Canyon::create().unwrap();
    canyon.trigger(Echoed).unwrap();
    canyon.trigger(Echoed).unwrap();
    assert!(
        canyon
            .refused
            .as_ref()
            .unwrap()
            .contains("`Canyon.Echoed` was triggered by a `mutate`")
    );
    assert_eq!(canyon.pending_events().len(), 3);
    app.save(&mut canyon).await.unwrap();
    let found: Canyon = app.get(canyon.id()).await.unwrap();
    assert_eq!(
        (found.head(), found.refused),
        (canyon.head(), canyon.refused)
    );
}

#[aggregate(events(Shaken))]
struct Vase {
    shakes: u32,
}

#[event]
struct Shaken;

impl Mutate<Vase> for Shaken {
    fn mutate(&self, vase: &mut Vase) {
        vase.shakes += 1;
        assert!(vase.shakes != 2, "it breaks");
    }
}

#[tokio::test]
async fn an_aggregate_whose_mutate_panicked_is_neither_changed_nor_saved() {
    let store = Store::new();
    let app = store.open().await;
    let mut vase = Vase::create().unwrap();
    vase.trigger(Shaken).unwrap();
    app.save(&mut vase).await.unwrap();
    let shaken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| vase.trigger(Shaken)));
    assert!(shaken.is_err(), "it panics");
    for error in [
        vase.trigger(Shaken).unwrap_err(),
        vase.discard().unwrap_err(),
        app.save(&mut vase).await.unwrap_err(),
        app.stage(&mut vase).err().unwrap(),
    ] {
        assert!(matches!(error, Error::Broken { id } if id == vase.id()));
        assert!(error.to_string().contains("load it again"), "{error}");
    }
    let mut vase: Vase = app.get(vase.id()).await.unwrap();
    assert_eq!((vase.shakes, vase.version()), (1, 1.into()));
    vase.discard().unwrap();
    app.save(&mut vase).await.unwrap();
}

#[tokio::test]
async fn events_that_are_sealed_with_another_salt_are_not_stored() {
    let app = Application::builder().uri("sqlite::memory:").salt("sea");
    let app = app.open().await.unwrap();
    let mut world = World::create("gods").unwrap();
    let appended = app.event_store().append(world.pending_events()).await;
    let Err(Error::Integrity(error)) = appended else {
        panic!("{appended:?}");
    };
    assert!(matches!(error.damage, Damage::Salt), "{error}");
    assert!(app.items(world.id()).await.unwrap().is_empty());
    app.save(&mut world).await.unwrap();
    assert!(app.get::<World>(world.id()).await.is_ok());
}

/// Returns the damage that verification finds.
async fn verified(app: &Application, world: &World) -> Damage {
    match app.event_store().verify(world.id()).await {
        Err(Error::Integrity(IntegrityError { damage, .. })) => damage,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn verification_finds_moved_rows_and_rows_without_a_hash_before_a_chain() {
    let store = Store::new();
    let app = store.open().await;
    let (moved, replaced) = (
        crate::store::saved(&app).await,
        crate::store::saved(&app).await,
    );
    store.edit(
        "UPDATE stored_events SET originator_version = 7 WHERE id = 3",
        [],
    );
    assert!(matches!(verified(&app, &moved).await, Damage::Position));

    let id = replaced.id().simple();
    let created =
        |topic| format!(r#"{{"originator_id":{{"UUID":"{id}"}},{topic}"originator_version":0}}"#);
    store.edit(
        "UPDATE stored_events SET state = ?1 WHERE id = 4",
        [created("")],
    );
    assert!(matches!(
        verified(&app, &replaced).await,
        Damage::NotCreated
    ));
    store.edit(
        "UPDATE stored_events SET state = ?1 WHERE id = 4",
        [created(r#""originator_topic":"World","#)],
    );
    assert!(matches!(
        verified(&app, &replaced).await,
        Damage::PreviousHash
    ));
}

#[tokio::test]
async fn a_stream_ends_after_an_error() {
    let store = Store::new();
    let app = store.open().await;
    let world = crate::store::saved(&app).await;
    store.edit("UPDATE stored_events SET state = '{}' WHERE id = 1", []);
    let mut events = app.events::<World>(world.id()).stream();
    assert!(events.next().await.unwrap().is_err());
    assert!(events.next().await.is_none());
}

#[aggregate(events(Noted))]
struct Notebook {}

#[event]
struct Noted {
    #[serde(flatten)]
    all: BTreeMap<String, Nested>,
}

/// Nested arrays.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Nested(Vec<Nested>);

impl Mutate<Notebook> for Noted {
    fn mutate(&self, _: &mut Notebook) {}
}

fn noted(key: &str, depth: usize) -> Noted {
    let nested = (1..depth).fold(Nested(Vec::new()), |inner, _| Nested(vec![inner]));
    Noted {
        all: [(key.to_owned(), nested)].into(),
    }
}

#[tokio::test]
async fn events_that_could_not_be_read_back_are_refused() {
    let store = Store::new();
    let app = store.open().await;
    let mut notebook = Notebook::create().unwrap();
    for key in ["originator_topic", "timestamp", "__event_hash__"] {
        assert!(
            matches!(
                notebook.trigger(noted(key, 1)),
                Err(Error::InvalidEvent { .. })
            ),
            "{key}"
        );
    }
    assert!(matches!(
        notebook.trigger(noted("deep", 256)),
        Err(Error::InvalidEvent { .. })
    ));
    notebook.trigger(noted("deep", 255)).unwrap();
    app.save(&mut notebook).await.unwrap();
    assert_eq!(
        app.get::<Notebook>(notebook.id()).await.unwrap().head(),
        notebook.head()
    );
}

#[tokio::test]
async fn the_error_hook_remains_if_a_bus_is_set_later_and_may_panic() {
    let errors = Arc::new(Mutex::new(0));
    let count = Arc::clone(&errors);
    let app = Application::builder()
        .uri("sqlite::memory:")
        .on_subscriber_error(move |_| {
            *count.lock().unwrap() += 1;
            panic!("the hook as well");
        })
        .bus(Bus::new())
        .open()
        .await
        .unwrap();
    app.bus()
        .subscribe(|_| true, |_| Err("out of order".into()));
    assert_eq!(
        app.save(&mut World::create("gods").unwrap())
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(errors.is_poisoned() || *errors.lock().unwrap() == 1);
}

#[test]
fn a_subscription_of_one_bus_does_not_end_those_of_another() {
    let (one, two) = (Bus::new(), Bus::new());
    let subscription = one.subscribe(|_| true, |_| Ok(()));
    two.subscribe(|_| true, |_| Ok(()));
    assert!(!two.unsubscribe(subscription));
    assert!(one.unsubscribe(subscription));
}

#[tokio::test]
async fn selecting_events_to_encrypt_without_a_key_is_refused() {
    let opened = Store::new().builder().encrypt_only(|_| true).open().await;
    assert!(matches!(
        opened,
        Err(Error::InvalidSetting {
            setting: "encrypt_only",
            ..
        })
    ));
}

#[tokio::test]
async fn an_unknown_parameter_of_a_uri_is_named_without_its_value() {
    let error = Application::builder()
        .uri("sqlite:///events.db?key=secret")
        .open()
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("`key`") && !error.to_string().contains("secret"),
        "{error}"
    );
}

/// A transcoder whose decoder is never reached, because the rows are damaged.
struct Refusing;

impl Transcoder for Refusing {
    fn encode(&self, canonical: &str) -> Result<String, BoxError> {
        Ok(canonical.to_owned())
    }

    fn decode(&self, _: &str) -> Result<String, BoxError> {
        Err("not a text of ours".into())
    }
}

#[tokio::test]
async fn a_transcoders_error_names_the_row() {
    let store = Store::new();
    let app = store.builder().transcoder(Refusing).open().await.unwrap();
    let world = crate::store::saved(&app).await;
    let (damage, position) = crate::store::damage(app.get(world.id()).await);
    assert!(matches!(damage, Damage::Transcoder(_)));
    assert_eq!(position, 0.into());
}
