//! Handlers: functions with `#[subscribe_to(…)]`.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use es_store::BoxError;

use crate::domain::{Discarded, Event, EventHeader};

/// A function with `#[subscribe_to(EventType)]`, which is called with every event of the type.
///
/// The macro implements the trait for a type with the name of the function.
/// [`Bus::register`](super::bus::Bus::register) registers it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler of events",
    label = "not marked as a handler",
    note = "write `#[subscribe_to(EventType)]` above `fn {Self}`"
)]
pub trait Handler: 'static {
    /// The payload of the events.
    type Event: 'static;
    /// The state that is passed to the function; `()` if it takes no state.
    type State: Send + Sync + 'static;

    #[doc(hidden)]
    fn __handle(
        state: &Arc<Self::State>,
        header: &EventHeader,
        event: &Self::Event,
    ) -> HandlerResult;
}

/// The state of a handler that takes no state: `()`.
#[diagnostic::on_unimplemented(
    message = "the handler takes a state, a `{Self}`",
    label = "a handler with a state",
    note = "register it with a state: `register_with::<…>(state)`"
)]
pub trait Stateless {
    #[doc(hidden)]
    fn none() -> Self;
}

impl Stateless for () {
    fn none() -> Self {}
}

/// The result of calling a handler.
pub enum HandlerResult {
    /// The result of a function that is not `async`.
    Ready(Result<(), BoxError>),
    /// The future of an `async` function.
    Future(Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>),
}

impl HandlerResult {
    /// Wraps the future of an `async` function.
    pub fn future<O: Outcome>(work: impl Future<Output = O> + Send + 'static) -> Self {
        Self::Future(Box::pin(async move { work.await.into_result() }))
    }

    /// Wraps the result of a function that is not `async`.
    pub fn ready<O: Outcome>(outcome: O) -> Self {
        Self::Ready(outcome.into_result())
    }
}

/// The return type of a handler: `()`, or a `Result` whose error is passed to the error hook of the
/// bus.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "neither `()` nor a `Result`",
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

/// The payload of an event: a struct with `#[event]`, or a payload that `#[aggregate]` or `#[entity]`
/// generates.
#[diagnostic::on_unimplemented(
    message = "no event has `{Self}` as its payload",
    label = "not the payload of an event",
    note = "name a struct with `#[event]`, or a payload that `#[aggregate]` generates, such as `WorldCreated`"
)]
pub trait EventPayload: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Event> EventPayload for E {}

impl EventPayload for Discarded {}

/// A type that equals another type.
#[diagnostic::on_unimplemented(
    message = "the handler subscribes to `{T}`, and its argument is a `{Self}`",
    label = "not the event of `#[subscribe_to(…)]`",
    note = "use the same type in both places"
)]
pub trait SameType<T> {
    /// Converts a reference to the equal type.
    fn from_same(value: &T) -> &Self;
}

impl<T> SameType<T> for T {
    fn from_same(value: &T) -> &Self {
        value
    }
}

/// Compiles if the argument of a handler has the type of the event that it subscribes to.
pub const fn assert_argument<Argument: SameType<Event>, Event>() {}

/// Converts an event to the argument of its handler. If the types differ, this call is the only
/// compile error.
pub fn event_argument<Argument: SameType<Event>, Event>(event: &Event) -> &Argument {
    Argument::from_same(event)
}

/// Compiles if `E` is the payload of an event.
pub const fn assert_event_payload<E: EventPayload>() {}
