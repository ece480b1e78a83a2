//! The trait of aggregates and entities.

use std::marker::PhantomData;

use es_store::{Timestamp, Topic};
use uuid::Uuid;

use super::aggregate_parts::AggregateParts;
use super::domain_event::DomainEvent;
use super::event_ops::EventOf;
use super::guarantees::{HashChained, Timestamped, Versioned};
use super::status::Triggerable;
use super::trigger;
use crate::domain::event::{Discarded, EntityKind, Version};
use crate::domain::integrity::EventHash;
use crate::error::Result;

/// An object with an id whose state is the fold of its events. `#[aggregate]` and `#[entity]`
/// implement this trait for a struct.
///
/// Saving an aggregate stores all its pending events or none. The events of an entity are stored
/// one by one, and have only the versions, times and hashes that its attribute declares
/// ([`KIND`](Self::KIND)). In all other respects an entity is an aggregate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "this type has no `#[aggregate]`",
    note = "write `#[aggregate(events(…))]` above `struct {Self}`, or `#[entity(events(…))]` if its events are saved one by one"
)]
pub trait Aggregate: AggregateParts {
    /// The stored name of the type. By default, the topics of its events begin with it.
    const TOPIC: &'static str;

    /// The header fields of its events, and how pending events are saved.
    const KIND: EntityKind;

    /// Returns the id, which is also the id of the sequence of its events.
    fn id(&self) -> Uuid {
        self.__state().id
    }

    /// Returns the version of the last applied event.
    fn version(&self) -> Version
    where
        Self: Versioned,
    {
        self.__state().version
    }

    /// Returns the hash of the last applied event. A copy of it outside of the store reveals later
    /// whether events at the end of the sequence were removed.
    fn head(&self) -> EventHash
    where
        Self: HashChained,
    {
        self.__state().head
    }

    /// Returns the time of the first event.
    fn created_on(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__state().created_on
    }

    /// Returns the time of the last applied event.
    fn last_modified(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__state().last_modified
    }

    /// Returns whether the aggregate is discarded.
    fn is_discarded(&self) -> bool {
        self.__state().discarded
    }

    /// Returns the events that are triggered but not saved yet, in order.
    fn pending_events(&self) -> &[DomainEvent<Self>] {
        &self.__state().pending
    }

    /// Triggers an event: chains it to the last event, applies it, and keeps it as pending.
    ///
    /// Nothing is stored until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// After an error the aggregate is unchanged.
    ///
    /// * [`Error::Discarded`](crate::error::Error::Discarded) if the aggregate is discarded;
    /// * [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) if the payload cannot be
    ///   stored, or would not be read back as the same payload;
    /// * [`Error::WithinMutate`](crate::error::Error::WithinMutate) if a `mutate` triggers the
    ///   event;
    /// * [`Error::Broken`](crate::error::Error::Broken) if a `mutate` of the aggregate panicked.
    fn trigger<E: EventOf<Self>>(&mut self, event: E) -> Result<()>
    where
        E::Status: Triggerable<E>,
    {
        trigger::trigger_with(self, &E::OPS, event)
    }

    /// Discards the aggregate: no further event can be triggered on it, and after it is saved,
    /// repositories no longer find it.
    ///
    /// # Errors
    ///
    /// As [`trigger`](Self::trigger). [`Error::Discarded`](crate::error::Error::Discarded) if the
    /// aggregate is discarded already.
    fn discard(&mut self) -> Result<()> {
        trigger::trigger_with(self, &Self::DISCARDED_OPS, Discarded)?;
        self.__state_mut().discarded = true;
        Ok(())
    }
}

struct TopicOf<A>(PhantomData<A>);

impl<A: Aggregate> TopicOf<A> {
    const TOPIC: &'static Topic = &Topic::new(A::TOPIC);
}

/// Returns the topic of an aggregate type.
pub(crate) const fn topic_of<A: Aggregate>() -> &'static Topic {
    TopicOf::<A>::TOPIC
}
