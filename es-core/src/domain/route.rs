//! From the topic of a stored event to the one who handles it, found while the program is compiled: what
//! `#[projection]` is made of.

use std::marker::PhantomData;

use super::ops::{Decode, EventKind, Ops};
use super::replay::unplaced;
use super::{Aggregate, Discarded, EntityKind, EventHeader, EventOf, Salt};
use crate::error::Result;
use crate::topic::Topic;

/// How events that are stored under one topic become an `E`: whatever handlers take.
pub struct Route<E> {
    pub(crate) topic: &'static str,
    decode: Decode<E>,
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

/// The events of one aggregate that are handled.
pub struct Source<E: 'static> {
    kind: EntityKind,
    /// The topic of today of what is stored under a topic, if it is an event of the aggregate.
    topic_today: fn(&str) -> Option<&'static str>,
    routes: &'static [Option<Route<E>>],
}

impl<E> Source<E> {
    /// Of an aggregate, with the answers for each payload that is handled.
    #[must_use]
    pub const fn of<A: Aggregate>(routes: &'static [Option<Route<E>>]) -> Self {
        Self {
            kind: A::KIND,
            topic_today: |topic| EventKind::<A>::find(topic).map(|kind| kind.topic),
            routes,
        }
    }

    /// How events that are stored under a topic are read, if they are handled.
    pub(crate) fn reader(&self, topic: &str) -> Option<Reader<E>> {
        let today = (self.topic_today)(topic)?;
        let mut routes = self.routes.iter().flatten();
        let route = routes.find(|route| route.topic == today)?;
        Some(Reader {
            kind: self.kind,
            decode: route.decode,
        })
    }
}

/// Reads events that are stored under one topic.
pub(crate) struct Reader<E> {
    kind: EntityKind,
    decode: Decode<E>,
}

impl<E> Clone for Reader<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Reader<E> {}

impl<E> Reader<E> {
    /// The event, checked but for what it follows.
    pub(crate) fn read(self, topic: &Topic, text: &str, salt: &Salt) -> Result<(EventHeader, E)> {
        unplaced(self.kind, self.decode, topic, text, salt)
    }
}
