//! Making events happen: construct, seal, apply, keep as pending.

use uuid::Uuid;

use super::seal::{Chain, Facts};
use super::{Aggregate, EventOf, Ops, Root, Salt, Version};
use crate::error::{Error, Result};
use crate::time::Timestamp;
use crate::topic::Topic;

pub(crate) fn trigger<A: Aggregate, E>(aggregate: &mut A, ops: &Ops<A, E>, event: E) -> Result<()> {
    let root = aggregate.__root();
    if root.discarded {
        return Err(Error::Discarded { id: root.id });
    }
    let facts = Facts {
        id: root.id,
        version: A::KIND.versions.then(|| root.version.next()),
        timestamp: A::KIND.times.then(Timestamp::now),
        chain: A::KIND.hashes.then(|| Chain::Follows(root.head)),
        topic: Topic::checked(ops.topic),
        originator_topic: None,
        event_version: ops.declared.version,
    };
    let sealed = facts.seal(ops.encode, &event, &root.salt)?;
    aggregate.__root_mut().advance(sealed.checked());
    (ops.mutate)(&event, aggregate);
    aggregate
        .__root_mut()
        .pending
        .push(sealed.of_aggregate((ops.wrap)(event)));
    Ok(())
}

/// Makes an event happen that may be retired: what a history is made of.
pub fn happen<A: Aggregate, E: EventOf<A>>(aggregate: &mut A, event: E) -> Result<()> {
    trigger(aggregate, &E::OPS, event)
}

/// Creates an aggregate: it has one pending event, and needs no database.
pub fn create<A: Aggregate>(id: Uuid, created: A::Created) -> Result<A> {
    let ops = &A::CREATED_OPS;
    let salt = Salt::of_process();
    let facts = Facts {
        id,
        version: A::KIND.versions.then(|| Version::FIRST),
        timestamp: A::KIND.times.then(Timestamp::now),
        chain: A::KIND.hashes.then(|| Chain::Begins),
        topic: Topic::checked(ops.topic),
        originator_topic: Some(A::TOPIC),
        event_version: ops.declared.version,
    };
    let sealed = facts.seal(ops.encode, &created, &salt)?;
    let mut aggregate = A::__new(
        ops.clone(&created),
        Root::created(id, sealed.checked(), salt),
    );
    aggregate
        .__root_mut()
        .pending
        .push(sealed.of_aggregate((ops.wrap)(created)));
    Ok(aggregate)
}

/// A new id, in the order of time, so that new sequences stand beside each other in a store's index.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
