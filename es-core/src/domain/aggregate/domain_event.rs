//! The events of aggregates.

use std::fmt;

use es_store::{Text, Timestamp, Topic};
use uuid::Uuid;

use super::aggregate::Aggregate;
use super::guarantees::{HashChained, Timestamped, Versioned};
use crate::domain::event::{AnyEvent, EventHeader, SealedEvent, Version};
use crate::domain::integrity::EventHash;

/// A fact that happened to an aggregate: its payload, and what the library adds. Immutable.
///
/// Two are equal where their contents and topics are.
pub struct DomainEvent<A: Aggregate> {
    pub(crate) header: EventHeader,
    pub(crate) payload: A::Event,
    /// The canonical text: what the hash is over, and what is stored.
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
    /// Its number in the sequence; the first has 0.
    pub fn originator_version(&self) -> Version {
        self.header.originator_version.unwrap_or(Version::FIRST)
    }
}

impl<A: Timestamped> DomainEvent<A> {
    /// When it happened, by the clock of the process that triggered it.
    pub fn timestamp(&self) -> Timestamp {
        self.header.timestamp.unwrap_or(Timestamp::from_micros(0))
    }
}

impl<A: HashChained> DomainEvent<A> {
    /// The hash of the event before it; none for the first.
    pub fn previous_hash(&self) -> Option<EventHash> {
        self.header.previous_hash
    }

    /// The hash of its content, chained to the event before it.
    pub fn event_hash(&self) -> EventHash {
        self.header.event_hash.unwrap_or(EventHash::PLACEHOLDER)
    }
}

impl<A: Aggregate> DomainEvent<A> {
    /// To whom it happened.
    pub fn originator_id(&self) -> Uuid {
        self.header.originator_id
    }

    /// The stored name of its type.
    pub fn topic(&self) -> &Topic {
        &self.header.topic
    }

    /// All that the library adds.
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// What happened.
    pub fn payload(&self) -> &A::Event {
        &self.payload
    }

    /// The payload, if it is of the type `E`.
    pub fn payload_as<E: 'static>(&self) -> Option<&E> {
        A::__payload(&self.payload).downcast_ref()
    }

    /// The canonical JSON text: what the hash is over.
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
            Some(A::__TOPIC),
            A::__payload(&event.payload),
            event,
        )
    }
}

impl<'a> AnyEvent<'a> {
    /// The whole event, if it happened to an aggregate of the type `A`.
    #[must_use]
    pub fn domain_event<A: Aggregate>(&self) -> Option<&'a DomainEvent<A>> {
        self.downcast()
    }
}
