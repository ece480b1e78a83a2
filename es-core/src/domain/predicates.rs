//! Questions to events, for [`Bus::subscribe`](crate::application::Bus::subscribe): to whom they happened, what they are, and when.
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

/// A question to an event.
pub trait Predicate: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static {}

impl<P: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static> Predicate for P {}

/// Any event.
pub fn any() -> impl Predicate {
    predicate(|_| true)
}

/// Those that happened to the entity, or stand in the sequence, with this id.
pub fn happened_to(id: Uuid) -> impl Predicate {
    predicate(move |event| event.header().originator_id == id)
}

/// Those that happened to aggregates, or entities, of type `A`.
pub fn of_type<A: Aggregate>() -> impl Predicate {
    predicate(|event| event.domain_event::<A>().is_some())
}

/// Those whose payload is an `E`.
pub fn is<E: 'static>() -> impl Predicate {
    predicate(|event| event.payload::<E>().is_some())
}

/// Those that are stored under this topic.
pub fn has_topic(topic: impl Into<String>) -> impl Predicate {
    let topic = topic.into();
    predicate(move |event| event.header().topic == *topic)
}

/// Those that say that they happened at this time or later.
pub fn since(time: Timestamp) -> impl Predicate {
    predicate(move |event| event.header().timestamp.is_some_and(|then| then >= time))
}

/// Those that say that they happened before this time.
pub fn before(time: Timestamp) -> impl Predicate {
    predicate(move |event| event.header().timestamp.is_some_and(|then| then < time))
}

/// Those that both take.
pub fn both(one: impl Predicate, other: impl Predicate) -> impl Predicate {
    predicate(move |event| one(event) && other(event))
}

/// Those that one of the two takes.
pub fn either(one: impl Predicate, other: impl Predicate) -> impl Predicate {
    predicate(move |event| one(event) || other(event))
}

/// Those that it does not take.
pub fn not(predicate_of: impl Predicate) -> impl Predicate {
    predicate(move |event| !predicate_of(event))
}

/// Tells the compiler that the closure takes events of any lifetime.
fn predicate<P: Fn(&AnyEvent<'_>) -> bool + Send + Sync + 'static>(predicate: P) -> P {
    predicate
}
