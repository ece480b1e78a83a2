//! Routes from the topics of stored events to handlers, which the expansion of `#[projection]`
//! finds at compile time.

use std::marker::PhantomData;

use crate::domain::aggregate::{Aggregate, EventOf, Ops};
use crate::domain::event::{Decode, Discarded};

/// The decoding of events that are stored under one topic to an `E`, the type that a projection
/// handles.
pub struct Route<E> {
    /// The topic under which the event is stored.
    pub topic: &'static str,
    pub(super) decode: Decode<E>,
}

impl<E> Clone for Route<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Route<E> {}

impl<E> Route<E> {
    const fn new<A: Aggregate, P>(ops: &Ops<A, P>, decode: Decode<E>) -> Self {
        Self {
            topic: ops.topic,
            decode,
        }
    }
}

/// A compile-time test of whether `P` is a payload of events of `A`. Its constants have the route
/// to an `E`, and are in impls that apply only to such payloads. For other payloads, the constants
/// of [`NotOf`] are found.
pub struct Probe<A, P, E>(PhantomData<(A, P, E)>);

impl<A: Aggregate, P: EventOf<A>, E: From<P>> Probe<A, P, E> {
    /// The route of an event that the aggregate lists, or of `AttributeChanged`.
    pub const LISTED: Option<Route<E>> = Some(Route::new(&P::OPS, |text, header| {
        Ok(E::from((P::OPS.codec.decode)(text, header)?))
    }));
}

impl<A: Aggregate<Created = P>, P, E: From<P>> Probe<A, P, E> {
    /// The route of the event that creates the aggregate.
    pub const CREATED: Option<Route<E>> = Some(Route::new(&A::CREATED_OPS, |text, header| {
        Ok(E::from((A::CREATED_OPS.codec.decode)(text, header)?))
    }));
}

impl<A: Aggregate, E: From<Discarded>> Probe<A, Discarded, E> {
    /// The route of the event that discards the aggregate.
    pub const DISCARDED: Option<Route<E>> = Some(Route::new(&A::DISCARDED_OPS, |text, header| {
        Ok(E::from((A::DISCARDED_OPS.codec.decode)(text, header)?))
    }));
}

/// The routes of a payload that does not belong to the aggregate.
pub trait NotOf<E>: Sized {
    /// `None`: the payload is not that of a listed event.
    const LISTED: Option<Route<E>> = None;
    /// `None`: the payload is not that of the event that creates the aggregate.
    const CREATED: Option<Route<E>> = None;
    /// `None`: the payload is not that of the event that discards the aggregate.
    const DISCARDED: Option<Route<E>> = None;
}

impl<A, P, E> NotOf<E> for Probe<A, P, E> {}
