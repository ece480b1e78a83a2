//! Tests of the options of `#[aggregate]`, `#[attribute]`, `#[created]` and `#[event]`.

mod bank;
mod cfg;
mod empty;
mod from_macro_rules;
mod getters;
mod shapes;
mod shared_event;
mod stored_forms;

use std::collections::{BTreeMap, HashMap};

use es::domain::{Replay, Stored};
use es::{Aggregate, Discarded, Mutate, Salt, Topic, aggregate, event};

/// Replays the pending events of an aggregate.
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

/// Returns true if the text of the last event contains the given pair.
fn last_holds<A: Aggregate>(aggregate: &A, pair: &str) -> bool {
    aggregate
        .pending_events()
        .last()
        .unwrap()
        .text()
        .contains(pair)
}
