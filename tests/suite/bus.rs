//! Tests of publish and subscribe: subscribers are called in order after the save, and cannot make
//! it fail.

use std::sync::{Arc, Mutex};

use es::domain::AnyEvent;
use es::{Aggregate, Application, Bus, aggregate};

use crate::world::{SomethingHappened, World, WorldCreated};

type Log = Arc<Mutex<Vec<String>>>;

fn log_to(
    log: &Log,
    name: &'static str,
) -> impl Fn(&[AnyEvent<'_>]) -> Result<(), es::BoxError> + use<> {
    let log = Arc::clone(log);
    move |events| {
        let topics: Vec<_> = events
            .iter()
            .map(|event| event.header().topic.as_str())
            .collect();
        log.lock()
            .unwrap()
            .push(format!("{name}: {}", topics.join(" ")));
        Ok(())
    }
}

async fn memory() -> Application {
    Application::builder()
        .uri("sqlite::memory:")
        .open()
        .await
        .unwrap()
}

#[tokio::test]
async fn subscribers_are_called_after_the_save_in_subscription_order() {
    let (app, log) = (memory().await, Log::default());
    app.bus().subscribe(|_| true, log_to(&log, "all"));
    app.bus().subscribe(
        |event| event.payload::<SomethingHappened>().is_some(),
        log_to(&log, "some"),
    );
    app.bus().subscribe(
        |event| {
            event
                .aggregate_topic()
                .is_some_and(|topic| topic == "Other")
        },
        log_to(&log, "none"),
    );
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    assert!(log.lock().unwrap().is_empty());
    app.save(&mut world).await.unwrap();
    let expected = [
        "all: World.Created World.SomethingHappened",
        "some: World.SomethingHappened",
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_failed_save_publishes_nothing() {
    let (app, log) = (memory().await, Log::default());
    let mut world = World::create("gods").unwrap();
    app.save(&mut world).await.unwrap();
    let mut stale: World = app.get(world.id()).await.unwrap();
    world.make_it_so("first").unwrap();
    app.save(&mut world).await.unwrap();
    app.bus().subscribe(|_| true, log_to(&log, "all"));
    stale.make_it_so("second").unwrap();
    app.save(&mut stale).await.unwrap_err();
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_typed_subscriber_gets_payloads_and_headers() {
    let (app, seen) = (memory().await, Arc::new(Mutex::new(Vec::new())));
    let sink = Arc::clone(&seen);
    app.bus()
        .subscribe_to::<WorldCreated>(move |header, created| {
            sink.lock()
                .unwrap()
                .push((header.originator_id, created.ruler.clone()));
            Ok(())
        });
    let mut world = World::create("gods").unwrap();
    world.make_it_so("dinosaurs").unwrap();
    app.save(&mut world).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [(world.id(), "gods".to_owned())]);
}

#[tokio::test]
async fn errors_and_panics_of_subscribers_reach_the_hook_and_stop_no_other() {
    let (errors, log) = (Log::default(), Log::default());
    let sink = Arc::clone(&errors);
    let app = Application::builder()
        .uri("sqlite::memory:")
        .on_subscriber_error(move |error| sink.lock().unwrap().push(error.to_string()))
        .open()
        .await
        .unwrap();
    app.bus()
        .subscribe(|_| true, |_| Err("out of order".into()));
    app.bus().subscribe(|_| true, |_| panic!("out of its mind"));
    app.bus().subscribe(|_| true, log_to(&log, "last"));
    let mut world = World::create("gods").unwrap();
    assert_eq!(app.save(&mut world).await.unwrap().len(), 1);
    assert_eq!(
        *errors.lock().unwrap(),
        ["out of order", "a subscriber panicked: out of its mind"]
    );
    assert_eq!(*log.lock().unwrap(), ["last: World.Created"]);
}

#[tokio::test]
async fn an_unsubscribed_handler_is_not_called() {
    let (app, log) = (memory().await, Log::default());
    let subscription = app.bus().subscribe(|_| true, log_to(&log, "all"));
    assert!(app.bus().unsubscribe(subscription));
    assert!(!app.bus().unsubscribe(subscription));
    app.save(&mut World::create("gods").unwrap()).await.unwrap();
    assert!(log.lock().unwrap().is_empty());
}

#[test]
fn a_bus_works_without_an_application() {
    let (bus, log) = (Bus::new(), Log::default());
    bus.subscribe(|_| true, log_to(&log, "all"));
    let world = World::create("gods").unwrap();
    let events: Vec<_> = world.pending_events().iter().map(AnyEvent::from).collect();
    bus.publish(&events);
    assert_eq!(*log.lock().unwrap(), ["all: World.Created"]);
    assert_eq!(
        events[0].domain_event::<World>().unwrap().event_hash(),
        world.head()
    );
}

#[aggregate]
pub struct Passing {}

#[tokio::test]
async fn a_policy_stores_the_kinds_that_it_names_and_publishes_all() {
    let log = Log::default();
    let app = Application::builder()
        .uri("sqlite::memory:")
        .persist_only::<World>()
        .open()
        .await
        .unwrap();
    app.bus().subscribe(|_| true, log_to(&log, "all"));
    let (mut world, mut passing) = (World::create("gods").unwrap(), Passing::create().unwrap());
    assert_eq!(app.save(&mut world).await.unwrap().len(), 1);
    assert!(app.save(&mut passing).await.unwrap().is_empty());
    assert!(!app.contains::<Passing>(passing.id()).await.unwrap());
    assert_eq!(
        *log.lock().unwrap(),
        ["all: World.Created", "all: Passing.Created"]
    );
}
