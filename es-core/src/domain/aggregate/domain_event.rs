//! The events of aggregates.

use std::fmt;

use es_store::{Text, Timestamp, Topic};
use uuid::Uuid;

use super::aggregate::{Aggregate, topic_of};
use super::aggregate_parts::AggregateParts;
use super::guarantees::{HashChained, Timestamped, Versioned};
use crate::domain::event::{AnyEvent, EventHeader, SealedEvent, Version};
use crate::domain::integrity::EventHash;

/// An event of an aggregate: a payload and a header. Immutable.
///
/// Two events are equal if their texts and topics are equal.
pub struct DomainEvent<A: AggregateParts> {
    pub(crate) header: EventHeader,
    pub(crate) payload: A::Event,
    /// The canonical text, which is hashed and stored.
    pub(crate) text: Text,
}

impl<A: Aggregate> DomainEvent<A> {
    pub(crate) fn from_sealed(sealed: SealedEvent, payload: A::Event) -> Self {
        Self {
            header: sealed.header,
            payload,
            text: sealed.text,
        }
    }
}

impl<A: Versioned> DomainEvent<A> {
    /// Returns the version, which is the number of the event in its sequence. The first event has
    /// 0.
    pub fn originator_version(&self) -> Version {
        self.header.originator_version.unwrap_or(Version::FIRST)
    }
}

impl<A: Timestamped> DomainEvent<A> {
    /// Returns the time at which the event was triggered, by the clock of that process.
    pub fn timestamp(&self) -> Timestamp {
        self.header.timestamp.unwrap_or(Timestamp::from_micros(0))
    }
}

impl<A: HashChained> DomainEvent<A> {
    /// Returns the hash of the event before it; `None` for the first event.
    pub fn previous_hash(&self) -> Option<EventHash> {
        self.header.previous_hash
    }

    /// Returns the hash of the content, which includes the previous hash.
    pub fn event_hash(&self) -> EventHash {
        self.header.event_hash.unwrap_or(EventHash::PLACEHOLDER)
    }
}

impl<A: Aggregate> DomainEvent<A> {
    /// Returns the id of the aggregate.
    pub fn originator_id(&self) -> Uuid {
        self.header.originator_id
    }

    /// Returns the stored name of the event's type.
    pub fn topic(&self) -> &Topic {
        &self.header.topic
    }

    /// Returns the header.
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// Returns the payload.
    pub fn payload(&self) -> &A::Event {
        &self.payload
    }

    /// Returns the payload if it is an `E`.
    pub fn payload_as<E: 'static>(&self) -> Option<&E> {
        A::__payload(&self.payload).downcast_ref()
    }

    /// Returns the canonical JSON text, which is hashed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<A: Aggregate> Clone for DomainEvent<A> {
    fn clone(&self) -> Self {
        Self {
            header: self.header.clone(),
            payload: self.payload.clone(),
            text: self.text.clone(),
        }
    }
}

impl<A: Aggregate> PartialEq for DomainEvent<A> {
    fn eq(&self, other: &Self) -> bool {
        self.header.topic == other.header.topic && self.text == other.text
    }
}

impl<A: Aggregate> Eq for DomainEvent<A> {}

impl<A: Aggregate> std::hash::Hash for DomainEvent<A> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<A: Aggregate> fmt::Debug for DomainEvent<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DomainEvent")
            .field("originator_id", &self.header.originator_id)
            .field(
                "originator_version",
                &self.header.originator_version.map(Version::get),
            )
            .field("topic", &self.header.topic)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl<'a, A: Aggregate> From<&'a DomainEvent<A>> for AnyEvent<'a> {
    fn from(event: &'a DomainEvent<A>) -> Self {
        Self::new(
            &event.header,
            Some(topic_of::<A>()),
            A::__payload(&event.payload),
            event,
        )
    }
}

impl<'a> AnyEvent<'a> {
    /// Returns the whole event if it is an event of an `A`.
    #[must_use]
    pub fn domain_event<A: Aggregate>(&self) -> Option<&'a DomainEvent<A>> {
        self.downcast()
    }
}
