//! Predicates of events, by aggregate, type or time, for
//! [`Bus::subscribe`](crate::application::Bus::subscribe).
//!
//! ```
//! use es_core::application::Bus;
//! use es_core::domain::Logged;
//! use es_core::domain::predicates::{both, happened_to, is};
//!
//! let (bus, log) = (Bus::new(), uuid::Uuid::from_u128(1));
//! bus.subscribe(both(is::<Logged>(), happened_to(log)), |events| {
//!     for logged in events.iter().filter_map(|event| event.payload::<Logged>()) {
//!         println!("{}", logged.message);
//!     }
//!     Ok(())
//! });
//! ```

use es_store::Timestamp;
use uuid::Uuid;

use crate::domain::aggregate::Aggregate;
use crate::domain::event::AnyEvent;

/// A function that accepts or rejects an event.
pub trait Predicate: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static {}

impl<P: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static> Predicate for P {}

/// Accepts every event.
pub fn any() -> impl Predicate {
    predicate(|_| true)
}

/// Accepts the events of the entity or the sequence with this id.
pub fn happened_to(id: Uuid) -> impl Predicate {
    predicate(move |event| event.header().originator_id == id)
}

/// Accepts the events of aggregates or entities of type `A`.
pub fn of_type<A: Aggregate>() -> impl Predicate {
    predicate(|event| event.domain_event::<A>().is_some())
}

/// Accepts the events with a payload of type `E`.
pub fn is<E: 'static>() -> impl Predicate {
    predicate(|event| event.payload::<E>().is_some())
}

/// Accepts the events that are stored under this topic.
pub fn has_topic(topic: impl Into<String>) -> impl Predicate {
    let topic = topic.into();
    predicate(move |event| event.header().topic == *topic)
}

/// Accepts the events with this or a later time. Events without a time are rejected.
pub fn since(time: Timestamp) -> impl Predicate {
    predicate(move |event| event.header().timestamp.is_some_and(|then| then >= time))
}

/// Accepts the events with an earlier time. Events without a time are rejected.
pub fn before(time: Timestamp) -> impl Predicate {
    predicate(move |event| event.header().timestamp.is_some_and(|then| then < time))
}

/// Accepts the events that both predicates accept.
pub fn both(one: impl Predicate, other: impl Predicate) -> impl Predicate {
    predicate(move |event| one(event) && other(event))
}

/// Accepts the events that at least one of two predicates accepts.
pub fn either(one: impl Predicate, other: impl Predicate) -> impl Predicate {
    predicate(move |event| one(event) || other(event))
}

/// Accepts the events that a predicate rejects.
pub fn not(rejected: impl Predicate) -> impl Predicate {
    predicate(move |event| !rejected(event))
}

/// Makes the compiler infer a closure for events of any lifetime.
fn predicate<P: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static>(predicate: P) -> P {
    predicate
}
