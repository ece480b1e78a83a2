use std::any::Any;
use std::fmt;
use std::sync::Arc;

use es_store::{Position, Text, Timestamp, Topic};
use uuid::Uuid;

use super::entity_kind::{HashChained, Timestamped, Versioned};
use super::metadata::Metadata;
use super::ops::Ops;
use super::version::Version;
use crate::domain::aggregate::Aggregate;
use crate::domain::evolution::{DecodeError, Former, Old, Shape, upcast};
use crate::domain::integrity::EventHash;
use crate::domain::library::{Lone, LoneEvent};

/// The payload of a domain event: a struct marked `#[event]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "this type has no `#[event]`",
    note = "write `#[event]` above `struct {Self}`"
)]
pub trait Event: Payload {
    /// The part of its topic that follows the aggregate's topic and a dot; with a `#` in it, the whole topic.
    const NAME: &'static str;
    /// Names that it had before.
    #[doc(hidden)]
    const WAS: &'static [&'static str] = &[];
    /// The version of its shape. Stored events of lower ones are upcast when they are read.
    const VERSION: u32 = 1;
    /// Whether it is no longer triggered, and only replayed.
    #[doc(hidden)]
    const RETIRED: bool = false;
    #[doc(hidden)]
    const SHAPE: Option<&'static Shape> = None;
    /// The shapes of the versions before.
    #[doc(hidden)]
    const FORMER: &'static [Former] = &[];
    #[doc(hidden)]
    fn __upcast(_: &mut Old<'_, '_>) -> Result<Self, DecodeError> {
        upcast::end(upcast::beginning())
    }
}

/// What can be stored as the content of an event: `Serialize`, `DeserializeOwned`, `Clone`, `Debug`, `PartialEq`,
/// `Send`, `Sync` and `'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an event",
    label = "not storable",
    note = "it needs `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`"
)]
pub trait Payload:
    serde::Serialize
    + serde::de::DeserializeOwned
    + Clone
    + fmt::Debug
    + PartialEq
    + Send
    + Sync
    + 'static
{
}

#[diagnostic::do_not_recommend]
impl<T> Payload for T where
    T: serde::Serialize
        + serde::de::DeserializeOwned
        + Clone
        + fmt::Debug
        + PartialEq
        + Send
        + Sync
        + 'static
{
}

/// How an event changes an aggregate.
///
/// It only changes state: whether something may happen is decided before, by the method that triggers the event, for
/// `mutate` runs again at every replay. While it runs, the aggregate's `version()`, `last_modified()` and `head()` are
/// those of the event.
#[diagnostic::on_unimplemented(
    message = "nothing says how `{Self}` changes `{A}`",
    label = "no `Mutate<{A}>`",
    note = "write `impl Mutate<{A}> for {Self} {{ fn mutate(&self, …: &mut {A}) {{ … }} }}`"
)]
pub trait Mutate<A> {
    /// Applies the event to the aggregate's state.
    fn mutate(&self, aggregate: &mut A);
}

/// An event that can happen to an aggregate of type `A`: one that its `events(…)` lists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not listed in the `events(…)` of `{A}`",
    label = "not an event of `{A}`",
    note = "add it to the list: `events(…, {Self})`"
)]
pub trait EventOf<A: Aggregate>: Sized + 'static {
    /// Whether it can be triggered.
    #[doc(hidden)]
    type Status;
    #[doc(hidden)]
    const OPS: Ops<A, Self>;
}

/// The event that ends an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Discarded;

/// A fact that happened to an aggregate: its payload, and what the library adds. Immutable.
///
/// Two are equal where their contents and topics are.
pub struct DomainEvent<A: Aggregate> {
    pub(crate) header: EventHeader,
    pub(crate) payload: A::Event,
    /// The canonical text: what the hash is over, and what is stored.
    pub(crate) text: Text,
}

/// What the library adds to an event's payload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventHeader {
    /// To whom it happened.
    pub originator_id: Uuid,
    /// Its number in the sequence, where events are numbered.
    pub originator_version: Option<Version>,
    /// When it happened, by the clock of the process that triggered it, where events say it.
    pub timestamp: Option<Timestamp>,
    /// The hash of the event before it; none for the first.
    pub previous_hash: Option<EventHash>,
    /// Its own hash, where events are chained.
    pub event_hash: Option<EventHash>,
    /// The stored name of its type.
    pub topic: Topic,
    /// What was said of it besides what happened, if anything was.
    pub metadata: Option<Arc<Metadata>>,
}

impl EventHeader {
    /// An id of the event, made of its sequence's and its place there: the same wherever it is read. It is what
    /// [`Metadata::caused_by`] names as the cause.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        let place = self.position().map(|position| position.to_string());
        Uuid::new_v5(&self.originator_id, place.unwrap_or_default().as_bytes())
    }

    /// Its place in a store: its version, or else its time; none where it has neither.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let version = self.originator_version.map(Position::from);
        version.or_else(|| self.timestamp.map(Position::from))
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

/// An event of any aggregate, or one that stands alone, as subscribers see it.
#[derive(Clone, Copy)]
pub struct AnyEvent<'a> {
    header: &'a EventHeader,
    /// None where it happened to no entity.
    aggregate: Option<&'a Topic>,
    payload: &'a (dyn Any + Send + Sync),
    event: &'a (dyn Any + Send + Sync),
}

impl<'a, A: Aggregate> From<&'a DomainEvent<A>> for AnyEvent<'a> {
    fn from(event: &'a DomainEvent<A>) -> Self {
        Self {
            header: &event.header,
            aggregate: Some(A::__TOPIC),
            payload: A::__payload(&event.payload),
            event,
        }
    }
}

impl<'a, E: Lone> From<&'a LoneEvent<E>> for AnyEvent<'a> {
    fn from(event: &'a LoneEvent<E>) -> Self {
        Self {
            header: event.header(),
            aggregate: None,
            payload: event.payload(),
            event,
        }
    }
}

impl<'a> AnyEvent<'a> {
    /// What the library adds to the payload.
    #[must_use]
    pub fn header(&self) -> &'a EventHeader {
        self.header
    }

    /// The topic of the aggregate's type; none of an event that stands alone.
    #[must_use]
    pub fn aggregate_topic(&self) -> Option<&'a Topic> {
        self.aggregate
    }

    /// The payload, if it is of the type `E`.
    #[must_use]
    pub fn payload<E: 'static>(&self) -> Option<&'a E> {
        self.payload.downcast_ref()
    }

    /// The whole event, if it happened to an aggregate of the type `A`.
    #[must_use]
    pub fn of<A: Aggregate>(&self) -> Option<&'a DomainEvent<A>> {
        self.event.downcast_ref()
    }

    /// The whole event, if it stands alone and its payload is an `E`.
    #[must_use]
    pub fn lone<E: Lone>(&self) -> Option<&'a LoneEvent<E>> {
        self.event.downcast_ref()
    }
}

impl fmt::Debug for AnyEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.header, f)
    }
}
