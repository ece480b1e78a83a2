//! Tests that Python accepts the stores that this library writes.

use std::sync::Arc;

use es::domain::StandaloneEvent;
use es::event_store::Mapper;
use es::json::Value;
use es::store::Table;
use es::{Aggregate, Application, EventStore, Salt, Timestamp, Version};
use uuid::Uuid;

use super::vectors::Copy;
use crate::python;
use crate::python5_domain::{Example, Heartbeat, Ledger, Measured, SealedMeasured, World, post};

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// Lets Python read the whole store and every version of every aggregate.
fn check(copy: &Copy, more: &[&str]) {
    let modules = python::modules();
    let mut arguments = vec!["--modules", &modules, "--all-versions", "--conflicts"];
    arguments.extend(more);
    python::check(&copy.path, &arguments);
}

async fn ledger(app: &Application) -> Ledger {
    let text = |text: &str| Value::String(text.to_owned());
    let mut ledger = Ledger::create(text("ówner"), Value::Null, text("limits")).unwrap();
    for cents in 0..7 {
        post(&mut ledger, cents);
        app.save(&mut ledger).await.unwrap();
    }
    ledger
}

async fn fill(app: &Application) {
    let mut discarded = ledger(app).await;
    discarded.discard().unwrap();
    app.save(&mut discarded).await.unwrap();
    ledger(app).await;
    let mut world = World::create(Value::Null).unwrap();
    for ruler in 0..9 {
        world
            .set_ruler(Value::parse(&ruler.to_string()).unwrap())
            .unwrap();
        app.save(&mut world).await.unwrap();
    }
    let mut example = Example::create(Value::Null, Value::Bool(true), Value::Null).unwrap();
    (0..6).for_each(|_| example.trigger(Heartbeat).unwrap());
    app.save(&mut example).await.unwrap();
    app.take_snapshot::<World>(world.id(), ..=4).await.unwrap();
    app.take_snapshot::<World>(world.id(), ..).await.unwrap();
    app.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_snapshots() {
    let copy = Copy::empty("ours.db").await;
    let app = Application::builder()
        .uri(format!("sqlite:///{}", copy.path.display()))
        .salt("")
        .snapshot_every(4);
    fill(&app.open().await.unwrap()).await;
    check(&copy, &["--contiguous"]);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_encrypted_snapshots() {
    let copy = Copy::empty("ours.db").await;
    let app = Application::builder()
        .uri(format!("sqlite:///{}", copy.path.display()))
        .salt("")
        .cipher_key(KEY)
        .snapshot_every(3);
    fill(&app.open().await.unwrap()).await;
    check(&copy, &["--contiguous", "--key", KEY]);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_snapshots_among_its_own() {
    let copy = Copy::load("snapshots.db").await;
    let app = Application::builder()
        .uri(format!("sqlite:///{}", copy.path.display()))
        .salt("")
        .snapshot_every(5);
    fill(&app.open().await.unwrap()).await;
    check(&copy, &["--contiguous"]);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_integer_sequenced_items() {
    let copy = Copy::empty("ours.db").await;
    for table in [Table::integer_sequenced(), Table::integer_sequenced_no_id()] {
        let app = Application::builder()
            .salt("")
            .store(copy.table(table).await);
        let app = app.open().await.unwrap();
        ledger(&app).await;
        let mut example = Example::create(Value::Null, Value::Bool(true), Value::Null).unwrap();
        example.trigger(Heartbeat).unwrap();
        example.set_foo(Value::Null).unwrap();
        app.save(&mut example).await.unwrap();
    }
    copy.datastore.close().await.unwrap();
    check(&copy, &["--contiguous"]);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_timestamp_sequenced_items() {
    let copy = Copy::empty("ours.db").await;
    for table in [
        Table::timestamp_sequenced(),
        Table::timestamp_sequenced_no_id(),
    ] {
        let store = copy.table(table).await;
        let store = EventStore::new(Arc::clone(&store), Mapper::new(), Salt::none());
        for sequence in 1..4 {
            measure(&store, Uuid::from_u128(sequence)).await;
        }
    }
    copy.datastore.close().await.unwrap();
    check(&copy, &["--contiguous"]);
}

async fn measure(store: &EventStore, id: Uuid) {
    let salt = Salt::none();
    let at = |micros: i64| {
        (
            id,
            Version::FIRST,
            Timestamp::from_micros(1_516_884_000_000_000 + micros),
        )
    };
    for micros in [0_i64, 1, 500_000, 999_999, 7_000_000] {
        let (id, version, time) = at(micros);
        let value = Value::parse(&micros.to_string()).unwrap();
        let measured = StandaloneEvent::new(id, version, time, Measured { value }, &salt).unwrap();
        store.append(&[measured]).await.unwrap();
        let (id, version, time) = at(micros + 60_000_000);
        let sealed = SealedMeasured { value: Value::Null };
        let sealed = StandaloneEvent::new(id, version, time, sealed, &salt).unwrap();
        store.append(&[sealed]).await.unwrap();
    }
}
