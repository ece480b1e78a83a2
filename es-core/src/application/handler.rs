use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use es_store::BoxError;

use crate::domain::event::{Discarded, Event, EventHeader};

/// A function that is called with every event of one type: one marked `#[subscribe_to(EventType)]`, which writes this
/// implementation for a type that is called as the function is.
///
/// [`Bus::register`](super::bus::Bus::register) takes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler of events",
    label = "not marked as a handler",
    note = "write `#[subscribe_to(EventType)]` above `fn {Self}`"
)]
pub trait Handler: 'static {
    /// The payload of the events that it is called with.
    type Event: 'static;
    /// What it is given besides; `()` where it is given nothing.
    type State: Send + Sync + 'static;

    #[doc(hidden)]
    fn __handle(state: &Arc<Self::State>, header: &EventHeader, event: &Self::Event) -> Handled;
}

/// The state of a handler that takes none.
#[diagnostic::on_unimplemented(
    message = "the handler takes a state, a `{Self}`",
    label = "a handler with a state",
    note = "register it with one: `register_with::<…>(state)`"
)]
pub trait Stateless {
    #[doc(hidden)]
    fn none() -> Self;
}

impl Stateless for () {
    fn none() -> Self {}
}

/// What a handler does with an event.
pub enum Handled {
    /// It has done it.
    Now(Result<(), BoxError>),
    /// It has it to do.
    Later(Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>),
}

impl Handled {
    /// Of an `async` function.
    pub fn later<O: Outcome>(work: impl Future<Output = O> + Send + 'static) -> Self {
        Self::Later(Box::pin(async move { work.await.into_result() }))
    }

    /// Of any other.
    pub fn now<O: Outcome>(outcome: O) -> Self {
        Self::Now(outcome.into_result())
    }
}

/// What a handler can return: nothing, or a result whose error goes to the hook of the bus.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "neither nothing nor a result",
    note = "return nothing, or `Result<(), E>` where `E` is an error that is `Send` and `Sync`"
)]
pub trait Outcome {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), BoxError>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Into<BoxError>> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map_err(Into::into)
    }
}

/// A payload that events have: a struct marked `#[event]`, or one of those that `#[aggregate]` and `#[entity]` make.
#[diagnostic::on_unimplemented(
    message = "no event has `{Self}` as its payload",
    label = "not the payload of an event",
    note = "name a struct that is marked `#[event]`, or one that `#[aggregate]` makes, such as `WorldCreated`"
)]
pub trait Happens: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Event> Happens for E {}

impl Happens for Discarded {}

/// A type that is another.
#[diagnostic::on_unimplemented(
    message = "the handler subscribes to `{T}`, and its argument is a `{Self}`",
    label = "not the event of `#[subscribe_to(…)]`",
    note = "make the two one type"
)]
pub trait Is<T> {
    /// The same value, as the other type.
    fn of(value: &T) -> &Self;
}

impl<T> Is<T> for T {
    fn of(value: &T) -> &Self {
        value
    }
}

/// Compiles where the argument of a handler is the event that it subscribes to.
pub const fn subscribes<Argument: Is<Event>, Event>() {}

/// The event that a handler subscribes to, as its argument: where the two differ this alone is a mistake.
pub fn subscribed<Argument: Is<Event>, Event>(event: &Event) -> &Argument {
    Argument::of(event)
}

/// Compiles where events have this payload.
pub const fn happens<E: Happens>() {}
