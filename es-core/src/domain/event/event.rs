//! The traits of event payloads, and the `Discarded` payload of the library.

use super::decode_error::DecodeError;
use super::old::Old;
use super::payload::Payload;
use super::shape::{Former, Shape};

/// The payload of a domain event: a struct marked `#[event]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "this type has no `#[event]`",
    note = "write `#[event]` above `struct {Self}`"
)]
pub trait Event: Payload {
    /// The part of the topic after the aggregate's topic and a dot. If it contains a `#`, it is the
    /// whole topic.
    const NAME: &'static str;
    /// Earlier names.
    #[doc(hidden)]
    const WAS: &'static [&'static str] = &[];
    /// The version of the shape. Stored events of earlier versions are upcast when they are read.
    const VERSION: u32 = 1;
    /// The event can no longer be triggered; stored ones are still replayed.
    #[doc(hidden)]
    const RETIRED: bool = false;
    /// An event that is triggered must be read back as the same payload.
    #[doc(hidden)]
    const ROUND_TRIP: bool = true;
    #[doc(hidden)]
    const SHAPE: Option<&'static Shape> = None;
    /// The shapes of earlier versions.
    #[doc(hidden)]
    const FORMER: &'static [Former] = &[];
    #[doc(hidden)]
    fn __upcast(_: &mut Old<'_, '_>) -> Result<Self, DecodeError> {
        Err(DecodeError::no_upcast())
    }
}

/// An event that changes the state of an aggregate.
///
/// `mutate` must only change state, because it runs again at every replay. The method that triggers
/// the event decides whether the event may happen. While `mutate` runs, the aggregate's
/// `version()`, `last_modified()` and `head()` are those of the event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Mutate<{A}>`",
    label = "no `Mutate<{A}>`",
    note = "write `impl Mutate<{A}> for {Self} {{ fn mutate(&self, …: &mut {A}) {{ … }} }}`"
)]
pub trait Mutate<A> {
    /// Applies the event to the aggregate's state.
    fn mutate(&self, aggregate: &mut A);
}

/// The payload of the event that discards an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Discarded;
