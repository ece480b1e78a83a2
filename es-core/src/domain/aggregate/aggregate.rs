//! The trait of aggregates and entities.

use std::fmt;

use es_store::{Timestamp, Topic};
use uuid::Uuid;

use super::aggregate_state::Root;
use super::domain_event::DomainEvent;
use super::event_kind::EventKind;
use super::event_ops::{EventOf, Ops};
use super::guarantees::{HashChained, Timestamped, Versioned};
use super::state_ops::StateOps;
use super::status::Triggerable;
use super::trigger;
use crate::domain::event::{AnyPayload, Discarded, EntityKind, Field, Payload, Shape, Version};
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
pub trait Aggregate: Sized + Send + Sync + 'static {
    /// The enum of the payloads of its events.
    type Event: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;
    /// The payload of its `Created` event.
    #[doc(hidden)]
    type Created: Payload;

    /// The stored name of the type. By default, the topics of its events begin with it.
    const TOPIC: &'static str;

    /// The header fields of its events, and how pending events are saved.
    const KIND: EntityKind;

    /// Earlier topics of the type.
    #[doc(hidden)]
    const WAS: &'static [&'static str];
    /// The prefix of the topics of the library's three events.
    #[doc(hidden)]
    const BASE: &'static str;
    #[doc(hidden)]
    const __TOPIC: &'static Topic = &Topic::new(Self::TOPIC);
    /// The library's events of the aggregate, and its snapshots, must be read back as the same
    /// values.
    #[doc(hidden)]
    const ROUND_TRIP: bool = true;
    #[doc(hidden)]
    const CREATED_SHAPE: Option<&'static Shape> = None;
    #[doc(hidden)]
    const ATTRIBUTES: &'static [Field] = &[];
    #[doc(hidden)]
    const CREATED_OPS: Ops<Self, Self::Created>;
    #[doc(hidden)]
    const DISCARDED_OPS: Ops<Self, Discarded>;
    /// The operations that store and load its state; `None` if the type has no snapshots.
    #[doc(hidden)]
    const STATE: Option<StateOps<Self>> = None;
    /// The table of its event types.
    #[doc(hidden)]
    const EVENTS: &'static [EventKind<Self>];

    #[doc(hidden)]
    fn __new(created: Self::Created, root: Root<Self>) -> Self;
    #[doc(hidden)]
    fn __root(&self) -> &Root<Self>;
    #[doc(hidden)]
    fn __root_mut(&mut self) -> &mut Root<Self>;
    #[doc(hidden)]
    fn __mutate(&mut self, event: &Self::Event);
    #[doc(hidden)]
    fn __payload(event: &Self::Event) -> &AnyPayload;

    /// Returns the id, which is also the id of the sequence of its events.
    fn id(&self) -> Uuid {
        self.__root().id
    }

    /// Returns the version of the last applied event.
    fn version(&self) -> Version
    where
        Self: Versioned,
    {
        self.__root().version
    }

    /// Returns the hash of the last applied event. A copy of it outside of the store reveals later
    /// whether events at the end of the sequence were removed.
    fn head(&self) -> EventHash
    where
        Self: HashChained,
    {
        self.__root().head
    }

    /// Returns the time of the first event.
    fn created_on(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__root().created_on
    }

    /// Returns the time of the last applied event.
    fn last_modified(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__root().last_modified
    }

    /// Returns whether the aggregate is discarded.
    fn is_discarded(&self) -> bool {
        self.__root().discarded
    }

    /// Returns the events that are triggered but not saved yet, in order.
    fn pending_events(&self) -> &[DomainEvent<Self>] {
        &self.__root().pending
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
        self.__root_mut().discarded = true;
        Ok(())
    }
}
