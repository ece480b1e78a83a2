//! The trait of event payloads, and the event of the library that has no fields.

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
        Err(DecodeError::no_such_version())
    }
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

/// The event that ends an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Discarded;
