//! The operations on one event type of an aggregate, which the macros' expansions use.

use std::fmt;
use std::marker::PhantomData;

use super::aggregate::Aggregate;
use super::aggregate_parts::AggregateParts;
use super::declaration::{Declaration, Names};
use super::joined_topic::{JoinedTopic, contains_hash};
use crate::domain::event::{Codec, Event, Mutate, Payload, RoundTrip};

/// An event that can be triggered on an aggregate of type `A`, because its `events(…)` lists it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not listed in the `events(…)` of `{A}`",
    label = "not an event of `{A}`",
    note = "add it to the list: `events(…, {Self})`"
)]
pub trait EventOf<A: Aggregate>: Sized + 'static {
    /// The [`Status`](super::status::Status) of the event: retired or not.
    #[doc(hidden)]
    type Status;
    #[doc(hidden)]
    const OPS: Ops<A, Self>;
}

/// The operations on events of type `E` of aggregates of type `A`.
///
/// [`ops`] makes the functions and has the bounds on `E`. All other code calls them without bounds,
/// so that a missing implementation gives one error, at the type in the list.
pub struct Ops<A: AggregateParts, E> {
    /// The topic under which the event is stored.
    pub topic: &'static str,
    pub(crate) names: Names,
    pub(crate) declared: Declaration,
    pub(crate) wrap: fn(E) -> A::Event,
    pub(crate) mutate: fn(&E, &mut A),
    pub(crate) codec: Codec<E>,
    clone: fn(&E) -> E,
}

impl<A: Aggregate, E: Payload> Ops<A, E> {
    const fn new(
        topic: &'static str,
        names: Names,
        wrap: fn(E) -> A::Event,
        mutate: fn(&E, &mut A),
        codec: Codec<E>,
    ) -> Self {
        Self {
            topic,
            names,
            declared: Declaration::LIBRARY,
            wrap,
            mutate,
            codec,
            clone: E::clone,
        }
    }
}

impl<A: Aggregate, E> Ops<A, E> {
    /// Returns whether the event is retired.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.declared.is_retired
    }

    /// Clones a payload.
    pub fn clone(&self, payload: &E) -> E {
        (self.clone)(payload)
    }

    /// Formats a payload.
    pub fn debug(&self, payload: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.codec.comparison.debug(payload, f)
    }

    /// Compares two payloads.
    pub fn eq(&self, one: &E, other: &E) -> bool {
        self.codec.comparison.eq(one, other)
    }

    /// Applies a payload.
    pub fn mutate(&self, payload: &E, aggregate: &mut A) {
        (self.mutate)(payload, aggregate);
    }
}

/// Creates the operations of a listed event. Only this function has bounds on its type.
pub const fn ops<A: Aggregate, E: Event + Mutate<A>>(wrap: fn(E) -> A::Event) -> Ops<A, E> {
    let names = Names {
        name: E::NAME,
        was: E::WAS,
        is_library: false,
    };
    Ops {
        declared: Declaration {
            version: E::VERSION,
            is_retired: E::RETIRED,
            shape: E::SHAPE,
            former: E::FORMER,
        },
        ..Ops::new(
            ListedTopic::<A, E>::TOPIC,
            names,
            wrap,
            <E as Mutate<A>>::mutate,
            Codec::new(),
        )
    }
}

/// Creates the operations of one of the three events that every aggregate has.
pub const fn library_ops<A: Aggregate, E: Payload>(
    topic: &'static str,
    name: &'static str,
    wrap: fn(E) -> A::Event,
    mutate: fn(&E, &mut A),
) -> Ops<A, E> {
    Ops::new(
        topic,
        Names {
            name,
            was: &[],
            is_library: true,
        },
        wrap,
        mutate,
        Codec::unversioned(RoundTrip::new(A::ROUND_TRIP)),
    )
}

/// The `mutate` of `Created` and `Discarded`, which change no fields.
pub fn unchanged<A, E>(_: &E, _: &mut A) {}

struct ListedTopic<A, E>(PhantomData<(A, E)>);

impl<A: Aggregate, E: Event> ListedTopic<A, E> {
    const JOINED: &'static JoinedTopic = &JoinedTopic::new(A::TOPIC, E::NAME);
    const TOPIC: &'static str = if contains_hash(E::NAME) {
        E::NAME
    } else {
        Self::JOINED.as_str()
    };
}
