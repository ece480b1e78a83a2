//! The table of an aggregate's event types.

use super::aggregate::Aggregate;
use super::aggregate_parts::AggregateParts;
use super::declaration::{Declaration, Names};
use super::event_ops::{EventOf, Ops};
use super::joined_topic::contains_hash;
use super::stored_type::StoredEventType;
use crate::domain::event::Decode;

/// An event type of an aggregate, with the Rust type erased: a row of [`EVENTS`](AggregateParts::EVENTS).
pub struct EventKind<A: AggregateParts> {
    /// The topic under which the event is stored.
    pub topic: &'static str,
    names: Names,
    declared: Declaration,
    pub(crate) role: Role,
    pub(crate) decode: Decode<A::Event>,
}

/// The effect of an event on the existence of its aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Creates,
    Changes,
    Discards,
}

impl<A: Aggregate> EventKind<A> {
    /// Creates the row of the event that creates the aggregate.
    pub const fn created() -> Self {
        Self::with_role(&A::CREATED_OPS, Role::Creates, |text, header| {
            Ok((A::CREATED_OPS.wrap)((A::CREATED_OPS.codec.decode)(
                text, header,
            )?))
        })
    }

    /// Creates the row of the event that discards the aggregate.
    pub const fn discarded() -> Self {
        Self::with_role(&A::DISCARDED_OPS, Role::Discards, |text, header| {
            Ok((A::DISCARDED_OPS.wrap)((A::DISCARDED_OPS.codec.decode)(
                text, header,
            )?))
        })
    }

    /// Creates the row of any other event.
    pub const fn new<E: EventOf<A>>() -> Self {
        Self::with_role(&E::OPS, Role::Changes, |text, header| {
            Ok((E::OPS.wrap)((E::OPS.codec.decode)(text, header)?))
        })
    }

    const fn with_role<E>(ops: &Ops<A, E>, role: Role, decode: Decode<A::Event>) -> Self {
        Self {
            topic: ops.topic,
            names: ops.names,
            declared: ops.declared,
            role,
            decode,
        }
    }

    /// Returns the row of the events that this program or an earlier version of it stores under
    /// `topic`.
    pub(crate) fn find(topic: &str) -> Option<&'static Self> {
        let by_topic = || A::EVENTS.iter().find(|kind| kind.topic == topic);
        by_topic().or_else(|| A::EVENTS.iter().find(|kind| kind.has_earlier_topic(topic)))
    }

    pub(crate) fn is_library_event(&self) -> bool {
        self.names.is_library
    }

    /// Returns whether the event is `AttributeChanged`.
    pub const fn is_change_of_attribute(&self) -> bool {
        self.names.is_library && matches!(self.role, Role::Changes)
    }

    /// Returns the stored names and shapes of the event type.
    pub(crate) fn stored_type(&self) -> StoredEventType {
        StoredEventType {
            name: self.names.name,
            was: self.names.was,
            version: self.declared.version,
            is_retired: self.declared.is_retired,
            shape: self.declared.shape,
            former: self.declared.former,
        }
    }

    fn has_earlier_topic(&self, topic: &str) -> bool {
        let names = || self.names.was.iter().chain([&self.names.name]);
        let base = self.names.is_library.then_some(A::BASE);
        let mut prefixes = A::WAS.iter().copied().chain([A::TOPIC]).chain(base);
        names().any(|name| *name == topic && contains_hash(name))
            || prefixes.any(|prefix| {
                let name = topic
                    .strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix('.'));
                name.is_some_and(|name| names().any(|stored_name| *stored_name == name))
            })
    }
}
