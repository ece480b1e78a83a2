//! What the options of the macros do.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod absent;
mod bank;
mod everywhere;
mod nothing;
mod shapes;
mod shared;
mod stored_forms;

use std::collections::{BTreeMap, HashMap};

use es::domain::{Replay, Stored};
use es::{Aggregate, Discarded, Mutate, Salt, Topic, aggregate, event};

/// The aggregate that its own pending events make.
fn replayed<A: Aggregate>(aggregate: &A) -> A {
    let mut replay = Replay::new(aggregate.id(), Salt::from_env().unwrap());
    for event in aggregate.pending_events() {
        replay.apply(stored(event, event.topic())).unwrap();
    }
    replay.finish().unwrap()
}

fn stored<'a, A: Aggregate>(event: &'a es::DomainEvent<A>, topic: &'a Topic) -> Stored<'a> {
    Stored {
        sequence_id: event.originator_id(),
        position: event.header().position().unwrap(),
        topic,
        text: event.text(),
    }
}

fn topics<A: Aggregate>(aggregate: &A) -> Vec<&str> {
    let events = aggregate.pending_events().iter();
    events.map(|event| event.topic().as_str()).collect()
}

/// A pair of the last event's text.
fn last_holds<A: Aggregate>(aggregate: &A, pair: &str) -> bool {
    aggregate
        .pending_events()
        .last()
        .unwrap()
        .text()
        .contains(pair)
}
