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

/// An object with an id whose state is the fold of its events: a struct marked `#[aggregate]` or `#[entity]`, which writes
/// this implementation.
///
/// An aggregate is saved with all its pending events or none. A plain entity is saved event by event, and keeps of
/// versions, times and hashes what its attribute says ([`KIND`](Self::KIND)); it is an `Aggregate` in all else, and the
/// trait has the name `Entity` as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "this type has no `#[aggregate]`",
    note = "write `#[aggregate(events(…))]` above `struct {Self}`, or `#[entity(events(…))]` where its events are saved one by one"
)]
pub trait Aggregate: Sized + Send + Sync + 'static {
    /// The events that can happen to it, as an enum of their payloads.
    type Event: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;
    /// The payload of the event that creates it.
    #[doc(hidden)]
    type Created: Payload;

    /// Its stored name; those of its events follow it.
    const TOPIC: &'static str;

    /// What it keeps, and how it is saved.
    const KIND: EntityKind;

    /// The topics that it had before.
    #[doc(hidden)]
    const WAS: &'static [&'static str];
    /// What the names of the library's three events follow.
    #[doc(hidden)]
    const BASE: &'static str;
    #[doc(hidden)]
    const __TOPIC: &'static Topic = &Topic::new(Self::TOPIC);
    #[doc(hidden)]
    const CREATED_SHAPE: Option<&'static Shape> = None;
    #[doc(hidden)]
    const ATTRIBUTES: &'static [Field] = &[];
    #[doc(hidden)]
    const CREATED_OPS: Ops<Self, Self::Created>;
    #[doc(hidden)]
    const DISCARDED_OPS: Ops<Self, Discarded>;
    /// How its state is stored, where it is.
    #[doc(hidden)]
    const STATE: Option<StateOps<Self>> = None;
    /// The table of its events.
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

    /// Its id: that of the sequence of its events.
    fn id(&self) -> Uuid {
        self.__root().id
    }

    /// The version of the last event applied.
    fn version(&self) -> Version
    where
        Self: Versioned,
    {
        self.__root().version
    }

    /// The hash of the last event applied. Who keeps it elsewhere can tell later whether the sequence was cut.
    fn head(&self) -> EventHash
    where
        Self: HashChained,
    {
        self.__root().head
    }

    /// When it was created.
    fn created_on(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__root().created_on
    }

    /// When the last event applied happened.
    fn last_modified(&self) -> Timestamp
    where
        Self: Timestamped,
    {
        self.__root().last_modified
    }

    /// Whether it was discarded.
    fn is_discarded(&self) -> bool {
        self.__root().discarded
    }

    /// The events that were triggered and not yet saved, in order.
    fn pending_events(&self) -> &[DomainEvent<Self>] {
        &self.__root().pending
    }

    /// Makes an event happen: chains it to the last one, applies it, and keeps it as pending.
    ///
    /// Nothing is stored until the aggregate is saved.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`](crate::error::Error::Discarded) on a discarded aggregate,
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) where the payload cannot be stored; the aggregate is
    /// unchanged then.
    fn trigger<E: EventOf<Self>>(&mut self, event: E) -> Result<()>
    where
        E::Status: Triggerable<E>,
    {
        trigger::trigger_with(self, &E::OPS, event)
    }

    /// Ends it: nothing more can happen to it, and after it is saved it is no longer found.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`](crate::error::Error::Discarded) where it was discarded before.
    fn discard(&mut self) -> Result<()> {
        trigger::trigger_with(self, &Self::DISCARDED_OPS, Discarded)?;
        self.__root_mut().discarded = true;
        Ok(())
    }
}
