//! The part of an aggregate's implementation that only the library uses.

use std::fmt;

use super::aggregate_state::AggregateState;
use super::event_kind::EventKind;
use super::event_ops::Ops;
use super::state_ops::StateOps;
use crate::domain::event::{AnyPayload, Discarded, Field, Payload, Shape};

/// The part of an aggregate's implementation that only the library uses. `#[aggregate]` and
/// `#[entity]` implement it; it may change in any release.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate",
    label = "this type has no `#[aggregate]`",
    note = "write `#[aggregate(events(…))]` above `struct {Self}`, or `#[entity(events(…))]` if its events are saved one by one"
)]
pub trait AggregateParts: Sized + Send + Sync + 'static {
    /// The enum of the payloads of its events.
    type Event: Clone + fmt::Debug + PartialEq + Send + Sync + 'static;
    /// The payload of its `Created` event.
    type Created: Payload;

    /// Earlier topics of the type.
    const WAS: &'static [&'static str];
    /// The prefix of the topics of the library's three events.
    const BASE: &'static str;
    /// The library's events of the aggregate, and its snapshots, must be read back as the same
    /// values.
    const ROUND_TRIP: bool = true;
    /// The shape of the first event, if the macro knows it.
    const CREATED_SHAPE: Option<&'static Shape> = None;
    /// The attributes, by their stored names.
    const ATTRIBUTES: &'static [Field] = &[];
    /// The operations on its `Created` event.
    const CREATED_OPS: Ops<Self, Self::Created>;
    /// The operations on its `Discarded` event.
    const DISCARDED_OPS: Ops<Self, Discarded>;
    /// The operations that store and load its state; `None` if the type has no snapshots.
    const STATE: Option<StateOps<Self>> = None;
    /// The table of its event types.
    const EVENTS: &'static [EventKind<Self>];

    /// Creates the aggregate of a first event.
    fn __new(created: Self::Created, state: AggregateState<Self>) -> Self;
    /// Returns the library's part of the state.
    fn __state(&self) -> &AggregateState<Self>;
    /// Returns the library's part of the state, to change it.
    fn __state_mut(&mut self) -> &mut AggregateState<Self>;
    /// Applies an event to the fields.
    fn __mutate(&mut self, event: &Self::Event);
    /// Returns the payload of an event, with its type erased.
    fn __payload(event: &Self::Event) -> &AnyPayload;
}
