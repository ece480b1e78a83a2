//! Tests of functions as handlers: their arguments, their order, their errors.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    clippy::unused_async
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use es::domain::{AnyEvent, Logged, Standalone};
use es::{Aggregate, Application, Bus, Discarded, EventHeader, subscribe_to};

use crate::world::{SomethingHappened, World, WorldAttribute, WorldCreated};

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[subscribe_to(SomethingHappened)]
fn remember(log: &Log, event: &SomethingHappened) {
    log.push(&event.what);
}

#[subscribe_to(WorldCreated)]
fn welcome(log: &Log, header: &EventHeader, event: &WorldCreated) -> Result<(), std::fmt::Error> {
    log.push(format!("{} in {}", event.ruler, header.originator_id));
    Ok(())
}

#[subscribe_to(Discarded)]
fn mourn(_: &Discarded) -> Result<(), es::BoxError> {
    Err("it is sad".into())
}

#[subscribe_to(SomethingHappened)]
async fn report(log: &Log, event: &SomethingHappened) -> Result<(), es::BoxError> {
    tokio::task::yield_now().await;
    match event.what.as_str() {
        "trucks" => Err("no trucks".into()),
        "war" => panic!("no war"),
        what => {
            log.push(format!("later {what}"));
            Ok(())
        }
    }
}

/// Saves another aggregate.
#[subscribe_to(WorldCreated)]
async fn mirror(app: &Application, event: &WorldCreated) -> es::Result<()> {
    if event.ruler == "mirrored" {
        return Ok(());
    }
    app.save(&mut World::create("mirrored")?).await?;
    Ok(())
}

async fn memory() -> (Application, Log) {
    let errors = Log::default();
    let sink = errors.clone();
    let app = Application::builder()
        .uri("sqlite::memory:")
        .on_subscriber_error(move |error| sink.push(error.to_string()));
    (app.open().await.unwrap(), errors)
}

fn eventful() -> World {
    let mut world = World::create("gods").unwrap();
    for what in ["dinosaurs", "trucks", "war", "peace"] {
        world.make_it_so(what).unwrap();
    }
    world
}

#[tokio::test]
async fn a_handler_has_run_when_save_returns() {
    let ((app, _), log) = (memory().await, Log::default());
    app.bus().register_with::<remember>(log.clone());
    app.bus().register_with::<welcome>(log.clone());
    let mut world = eventful();
    app.save(&mut world).await.unwrap();
    let welcomed = format!("gods in {}", world.id());
    let expected = ["dinosaurs", "trucks", "war", "peace", &welcomed];
    assert_eq!(log.taken(), expected);
}

#[tokio::test]
async fn an_async_handler_runs_after_the_save_in_order() {
    let ((app, errors), log) = (memory().await, Log::default());
    app.bus().register_with::<report>(log.clone());
    app.save(&mut eventful()).await.unwrap();
    app.bus().wait_idle().await;
    assert_eq!(log.taken(), ["later dinosaurs", "later peace"]);
    let expected = ["no trucks", "a subscriber panicked: no war"];
    assert_eq!(errors.taken(), expected);
}

#[tokio::test]
async fn close_waits_for_queued_handler_calls() {
    let ((app, errors), log) = (memory().await, Log::default());
    app.bus().register_with::<report>(log.clone());
    app.bus().register_with::<mirror>(app.clone());
    app.save(&mut eventful()).await.unwrap();
    app.close().await.unwrap();
    assert_eq!(log.taken().len(), 2);
    assert_eq!(errors.taken().len(), 2);
}

#[tokio::test]
async fn a_handler_can_save() {
    let (app, errors) = memory().await;
    app.bus().register_with::<mirror>(app.clone());
    app.save(&mut World::create("gods").unwrap()).await.unwrap();
    app.bus().wait_idle().await;
    assert_eq!(
        app.event_store()
            .record_manager()
            .max_record_id()
            .await
            .unwrap()
            .get(),
        2
    );
    assert!(errors.taken().is_empty());
}

#[tokio::test]
async fn errors_reach_the_hook_and_subscriptions_end() {
    let (app, errors) = memory().await;
    let mut world = World::create("gods").unwrap();
    let subscription = app.bus().register::<mourn>();
    world.discard().unwrap();
    app.save(&mut world).await.unwrap();
    assert_eq!(errors.taken(), ["it is sad"]);
    assert!(app.bus().unsubscribe(subscription));
    let mut world = World::create("gods").unwrap();
    world.discard().unwrap();
    app.save(&mut world).await.unwrap();
    assert!(errors.taken().is_empty());
}

static BEATS: AtomicUsize = AtomicUsize::new(0);

#[subscribe_to(Logged)]
fn count(_: &Logged) {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

#[subscribe_to(WorldAttribute)]
async fn never(_: &WorldAttribute) {
    BEATS.fetch_add(1000, Ordering::Relaxed);
}

/// Without a runtime, `async` handlers cannot run and report an error.
#[test]
fn a_bus_without_a_runtime_calls_synchronous_handlers() {
    let (bus, errors) = (Bus::new(), Log::default());
    let sink = errors.clone();
    bus.on_error(move |error| sink.push(error.to_string()));
    bus.register::<count>();
    bus.register::<never>();
    let logged = Logged::new("beat")
        .trigger(es::store::TimeUuid::now().get())
        .unwrap();
    bus.publish(&[AnyEvent::from(&logged)]);
    let mut world = World::create("gods").unwrap();
    world.set_ruler("money").unwrap();
    let changed = AnyEvent::from(&world.pending_events()[1]);
    bus.publish(&[changed]);
    assert_eq!(BEATS.load(Ordering::Relaxed), 1);
    assert_eq!(errors.taken().len(), 1);
    count(logged.payload());
    assert_eq!(BEATS.load(Ordering::Relaxed), 2, "it is still a function");
}

#[subscribe_to(WorldAttribute)]
async fn follow(seen: &Arc<AtomicUsize>, _: &WorldAttribute) {
    seen.fetch_add(1, Ordering::Relaxed);
}

#[tokio::test]
async fn events_beyond_the_queue_of_an_async_handler_are_dropped_and_reported() {
    const MOST: usize = 65_536;
    let (bus, errors, seen) = (Bus::new(), Log::default(), Arc::new(AtomicUsize::new(0)));
    let sink = errors.clone();
    bus.on_error(move |error| sink.push(error.to_string()));
    bus.register_with::<follow>(Arc::clone(&seen));
    let mut world = World::create("gods").unwrap();
    world.set_ruler("money").unwrap();
    let changed = AnyEvent::from(&world.pending_events()[1]);
    // The runtime of the test runs no task before the first await.
    bus.publish(&vec![changed; MOST]);
    assert!(errors.taken().is_empty());
    bus.publish(&[changed]);
    let reported = errors.taken();
    assert!(
        reported.len() == 1 && reported[0].contains("65536 events"),
        "{reported:?}"
    );
    bus.wait_idle().await;
    assert_eq!(seen.load(Ordering::Relaxed), MOST);
    bus.publish(&[changed]);
    bus.wait_idle().await;
    assert_eq!(seen.load(Ordering::Relaxed), MOST + 1, "it goes on");
    assert!(errors.taken().is_empty());
}
