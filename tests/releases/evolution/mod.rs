//! Tests of the evolution of events: versions, upcasts, previous names, retired events, metadata.

#![allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]
#![allow(dead_code)]

mod locks;
mod metadata;
mod names;
mod properties;
mod upcasts;

use es::domain::{Replay, Stored};
use es::json::Value;
use es::{Aggregate, DomainEvent, Error, Salt};

/// Replays stored texts under the topics in them.
fn replay<A: Aggregate>(texts: &[impl AsRef<str>]) -> Result<A, Error> {
    let (id, _) = id_and_topic(texts[0].as_ref());
    let mut replay = Replay::new(id, Salt::from_env().unwrap());
    for (position, text) in texts.iter().enumerate() {
        let (id, topic) = id_and_topic(text.as_ref());
        replay.apply(Stored {
            sequence_id: id,
            position: i64::try_from(position).unwrap().into(),
            topic: &topic,
            text: text.as_ref(),
        })?;
    }
    replay.finish()
}

fn id_and_topic(text: &str) -> (uuid::Uuid, es::Topic) {
    let value = Value::parse(text).unwrap();
    let id = value.get("originator_id").unwrap().get("UUID").unwrap();
    let topic = value.get("__event_topic__").unwrap().as_str().unwrap();
    (
        id.as_str().unwrap().parse().unwrap(),
        es::Topic::stored(topic),
    )
}

fn texts<A: Aggregate>(aggregate: &A) -> Vec<String> {
    let events = aggregate.pending_events().iter();
    events.map(DomainEvent::text).map(str::to_owned).collect()
}
