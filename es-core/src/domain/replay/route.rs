//! From the topic of a stored event to the one who handles it, found while the program is compiled: what
//! `#[projection]` is made of.

use std::marker::PhantomData;

use crate::domain::aggregate::{Aggregate, EventOf, Ops};
use crate::domain::event::{Decode, Discarded};

/// How events that are stored under one topic become an `E`: whatever handlers take.
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

/// Asks, while the program is compiled, whether a payload `P` is one of events of `A`, and how it becomes an `E`. Its
/// constants stand in impls that hold only where it is; elsewhere those of [`NotOf`] are found.
pub struct Probe<A, P, E>(PhantomData<(A, P, E)>);

impl<A: Aggregate, P: EventOf<A>, E: From<P>> Probe<A, P, E> {
    /// Of an event that the aggregate lists, and of a change of an attribute.
    pub const LISTED: Option<Route<E>> = Some(Route::new(&P::OPS, |text, header| {
        Ok(E::from((P::OPS.decode)(text, header)?))
    }));
}

impl<A: Aggregate<Created = P>, P, E: From<P>> Probe<A, P, E> {
    /// Of the event that creates the aggregate.
    pub const CREATED: Option<Route<E>> = Some(Route::new(&A::CREATED_OPS, |text, header| {
        Ok(E::from((A::CREATED_OPS.decode)(text, header)?))
    }));
}

impl<A: Aggregate, E: From<Discarded>> Probe<A, Discarded, E> {
    /// Of the event that ends the aggregate.
    pub const DISCARDED: Option<Route<E>> = Some(Route::new(&A::DISCARDED_OPS, |text, header| {
        Ok(E::from((A::DISCARDED_OPS.decode)(text, header)?))
    }));
}

/// The answers for payloads that are none of the aggregate's.
pub trait NotOf<E>: Sized {
    /// No listed event.
    const LISTED: Option<Route<E>> = None;
    /// Not the event that creates.
    const CREATED: Option<Route<E>> = None;
    /// Not the event that ends.
    const DISCARDED: Option<Route<E>> = None;
}

impl<A, P, E> NotOf<E> for Probe<A, P, E> {}
