use es_core::__private::Source;
use es_core::domain::EventHeader;
use es_store::{BoxError, RecordId};

/// What keeps a read model: handlers of the events of some aggregates, which are given a transaction of the type `T`. An
/// impl block marked `#[projection(aggregates(…))]`, which writes this implementation.
///
/// A [`Runner`](crate::runner::Runner) calls it with every event, once, in order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no projection into a `{T}`",
    label = "no handler takes a `&mut {T}`",
    note = "write `#[projection(aggregates(…))]` above `impl {Self}`, and let its handlers take `&mut {T}`"
)]
pub trait Projection<T>: Send + Sync + 'static {
    /// What its position is kept under, unless its runner says otherwise.
    const NAME: &'static str;

    /// Any of the events that are handled.
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
