//! Triggering of events: construct, hash, apply, keep as pending.

use es_store::{Timestamp, Topic};
use uuid::Uuid;

use super::aggregate::Aggregate;
use super::aggregate_state::AggregateState;
use super::applying::{self, Activity};
use super::domain_event::DomainEvent;
use super::event_ops::{EventOf, Ops};
use crate::domain::event::{Chaining, EventDraft, Version};
use crate::domain::integrity::Salt;
use crate::error::{Error, Result};

pub(crate) fn trigger_with<A: Aggregate, E>(
    aggregate: &mut A,
    ops: &Ops<A, E>,
    event: E,
) -> Result<()> {
    let state = aggregate.__state();
    state.check_whole()?;
    if state.discarded {
        return Err(Error::Discarded { id: state.id });
    }
    if state.activity == Activity::Applying {
        return Err(Error::WithinMutate {
            topic: Topic::checked(ops.topic),
        });
    }
    let draft = EventDraft {
        id: state.id,
        version: A::KIND.versions.then(|| state.version.next()),
        timestamp: A::KIND.times.then(|| next_time(state)),
        chaining: A::KIND.hashes.then(|| Chaining::After(state.head)),
        topic: Topic::checked(ops.topic),
        originator_topic: None,
        event_version: ops.declared.version,
    };
    let sealed = draft.seal(&ops.codec, &event, &state.salt)?;
    aggregate.__state_mut().advance(sealed.fields());
    applying::apply(aggregate, |aggregate| (ops.mutate)(&event, aggregate));
    aggregate
        .__state_mut()
        .pending
        .push(DomainEvent::from_sealed(sealed, (ops.wrap)(event)));
    Ok(())
}

/// Triggers an event, even a retired one, to build a history.
pub fn trigger<A: Aggregate, E: EventOf<A>>(aggregate: &mut A, event: E) -> Result<()> {
    trigger_with(aggregate, &E::OPS, event)
}

/// Returns the time of the next event. If events have no versions, their times are their positions.
/// Each time is then later than the last one, even if the clock is set back.
fn next_time<A: Aggregate>(state: &AggregateState<A>) -> Timestamp {
    let now = Timestamp::now();
    if A::KIND.versions.is_recorded() {
        return now;
    }
    now.max(state.last_modified.next())
}

/// Creates an aggregate with one pending event. It needs no database.
pub fn create<A: Aggregate>(id: Uuid, created: A::Created) -> Result<A> {
    create_with(id, created, Chaining::First)
}

/// Creates an aggregate without a previous hash in its first event, such as a time-bucketed log.
pub fn create_without_previous_hash<A: Aggregate>(id: Uuid, created: A::Created) -> Result<A> {
    create_with(id, created, Chaining::Standalone)
}

fn create_with<A: Aggregate>(id: Uuid, created: A::Created, chaining: Chaining) -> Result<A> {
    let ops = &A::CREATED_OPS;
    let salt = Salt::from_env()?;
    let draft = EventDraft {
        id,
        version: A::KIND.versions.then(|| Version::FIRST),
        timestamp: A::KIND.times.then(Timestamp::now),
        chaining: A::KIND.hashes.then(|| chaining),
        topic: Topic::checked(ops.topic),
        originator_topic: Some(A::TOPIC),
        event_version: ops.declared.version,
    };
    let sealed = draft.seal(&ops.codec, &created, &salt)?;
    let mut aggregate = A::__new(
        ops.clone(&created),
        AggregateState::created(id, sealed.fields(), salt),
    );
    aggregate
        .__state_mut()
        .pending
        .push(DomainEvent::from_sealed(sealed, (ops.wrap)(created)));
    Ok(aggregate)
}

/// Creates a new id. Ids are ordered by time, so that new sequences are adjacent in a store's
/// index.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
