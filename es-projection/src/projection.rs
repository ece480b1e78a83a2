//! The trait that `#[projection]` implements.

use es_core::__private::Source;
use es_core::domain::EventHeader;
use es_store::{BoxError, RecordId};

/// A set of event handlers that fill a read model in transactions of the type `T`.
///
/// Implemented by `#[projection(aggregates(…))]` above an `impl` block of handlers; do not implement it
/// by hand. A [`Runner`](crate::Runner) calls the handlers with each event once, in the order of the
/// log.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection into a `{T}`",
    label = "no handler takes a `&mut {T}`",
    note = "write `#[projection(aggregates(…))]` above `impl {Self}`, with handlers that take a `&mut {T}`"
)]
pub trait Projection<T>: Send + Sync + 'static {
    /// The name of the projection, unless [`Runner::name`](crate::Runner::name) sets another.
    const NAME: &'static str;

    /// The enum of all events with a handler.
    #[doc(hidden)]
    type Event: Send + Sync + 'static;

    #[doc(hidden)]
    const SOURCES: &'static [Source<Self::Event>];

    #[doc(hidden)]
    fn __handle(
        &self,
        event: &Self::Event,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut T,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;
}
