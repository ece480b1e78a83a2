//! Tests of metadata of events.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use es::json::Value;
use es::{Aggregate, Application, Metadata, Mutate, aggregate, event};
use uuid::Uuid;

use super::replay;

#[aggregate(events(Said))]
#[derive(Debug)]
pub struct Talk {
    pub count: usize,
}

#[event]
pub struct Said {
    pub what: String,
}

impl Mutate<Talk> for Said {
    fn mutate(&self, talk: &mut Talk) {
        talk.count += 1;
    }
}

impl Talk {
    fn say(&mut self, what: &str) {
        let what = what.to_owned();
        self.trigger(Said { what }).unwrap();
    }

    fn metadata(&self) -> Vec<Option<Arc<Metadata>>> {
        let events = self.pending_events().iter();
        events
            .map(|event| event.header().metadata.clone())
            .collect()
    }
}

fn request() -> Metadata {
    Metadata::new()
        .correlation(Uuid::from_u128(7))
        .causation(Uuid::from_u128(8))
        .with("user", "ann")
        .with("attempt", 2)
}

#[test]
fn all_events_of_a_unit_of_work_have_its_metadata() {
    let mut talk = request().scope(|| {
        let mut talk = Talk::create().unwrap();
        talk.say("one");
        Metadata::new()
            .with("inner", true)
            .scope(|| talk.say("two"));
        Metadata::new().scope(|| talk.say("three"));
        talk.say("four");
        talk
    });
    talk.say("five");
    let outer = Some(Arc::new(request()));
    let inner = Some(Arc::new(Metadata::new().with("inner", true)));
    let expected = [outer.clone(), outer.clone(), inner, None, outer, None];
    assert_eq!(talk.metadata(), expected);
}

#[tokio::test]
async fn an_asynchronous_unit_of_work_has_its_metadata_across_its_awaits() {
    let work = async {
        let mut talk = Talk::create().unwrap();
        tokio::task::yield_now().await;
        talk.say("one");
        talk
    };
    let metadata = request();
    let mut work = std::pin::pin!(metadata.scope_async(work));
    let first = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    assert!(first.is_pending());
    // Between two polls the thread has its own metadata.
    assert_eq!(Talk::create().unwrap().metadata(), [None]);
    let talk = work.await;
    let expected = Some(Arc::new(request()));
    assert_eq!(talk.metadata(), [expected.clone(), expected]);
}

#[test]
fn metadata_is_stored_beside_the_payload_and_covered_by_the_hash() {
    let mut talk = Talk::create().unwrap();
    request().scope(|| talk.say("one"));
    talk.say("two");
    let mut texts = super::texts(&talk);
    let pair = r#""__metadata__":{"causation_id":{"UUID":"00000000000000000000000000000008"},"correlation_id":{"UUID":"00000000000000000000000000000007"},"user":{"attempt":2,"user":"ann"}},"__previous_hash__""#;
    assert!(texts[1].contains(pair), "{}", texts[1]);
    assert!(!texts[0].contains("__metadata__") && !texts[2].contains("__metadata__"));
    assert_eq!(replay::<Talk>(&texts).unwrap().count, 2);
    texts[1] = texts[1].replace("ann", "bob");
    let error = replay::<Talk>(&texts).unwrap_err();
    assert!(matches!(error, es::Error::Integrity(_)), "{error}");
}

#[test]
fn a_panic_in_a_unit_of_work_ends_it() {
    let outcome = std::panic::catch_unwind(|| request().scope(|| panic!("on purpose")));
    outcome.unwrap_err();
    assert_eq!(Talk::create().unwrap().metadata(), [None]);
}

#[tokio::test]
async fn subscribers_and_readers_get_the_metadata() {
    let app = Application::builder()
        .allow_shared_topics()
        .uri("sqlite::memory:")
        .salt("other")
        .open()
        .await
        .unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    app.bus().subscribe_to::<Said>(move |header, _| {
        let metadata = header.metadata.as_deref().cloned();
        sink.lock().unwrap().push(metadata);
        Ok(())
    });
    let mut talk = Talk::create().unwrap();
    request().scope(|| talk.say("one"));
    app.save(&mut talk).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [Some(request())]);

    let events = app.events::<Talk>(talk.id()).await.unwrap();
    let metadata = events[1].header().metadata.as_deref().unwrap();
    assert_eq!(metadata, &request());
    assert_eq!(metadata.get("user").and_then(Value::as_str), Some("ann"));
    assert_eq!(metadata.entries().count(), 2);
    assert_eq!(metadata.correlation_id(), Some(Uuid::from_u128(7)));
    assert_eq!(metadata.causation_id(), Some(Uuid::from_u128(8)));
    assert_eq!(events[0].header().metadata, None);
}

#[test]
fn events_caused_by_an_event_have_its_correlation_id() {
    let mut talk = Talk::create().unwrap();
    request().scope(|| talk.say("one"));
    let [first, second] = talk.pending_events() else {
        panic!()
    };
    let caused = Metadata::caused_by(second.header());
    assert_eq!(caused.correlation_id(), Some(Uuid::from_u128(7)));
    assert_eq!(caused.causation_id(), Some(second.header().event_id()));
    let caused = Metadata::caused_by(first.header());
    assert_eq!(caused.correlation_id(), Some(first.header().event_id()));
    assert_ne!(first.header().event_id(), second.header().event_id());
}

#[event]
pub struct Loose {
    #[serde(flatten)]
    pub values: std::collections::BTreeMap<String, i64>,
}

#[aggregate(events(Loose))]
pub struct Bag {}

impl Mutate<Bag> for Loose {
    fn mutate(&self, _: &mut Bag) {}
}

#[test]
fn a_payload_cannot_have_reserved_keys_even_if_they_are_unused() {
    for key in ["__metadata__", "__event_version__"] {
        let values = [(key.to_owned(), 2)].into();
        let error = Bag::create()
            .unwrap()
            .trigger(Loose { values })
            .unwrap_err();
        assert!(matches!(error, es::Error::InvalidEvent { .. }), "{error}");
    }
}
