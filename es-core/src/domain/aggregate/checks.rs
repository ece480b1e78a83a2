//! Compile-time checks that expansions call, so that a missing implementation gives one message, at
//! its type.

use es_store::MAX_TOPIC_BYTES;

use super::aggregate::Aggregate;
use super::event_ops::EventOf;
use crate::domain::event::Payload;

/// A type with a default, the initial value of a field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `Default`, so `create` cannot fill this field",
    label = "no `Default`",
    note = "implement `Default` for `{Self}`, or mark the field `#[created]` or `#[attribute]` and pass its value to `create`"
)]
pub trait Initial: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> Initial for T {}

/// Returns the initial value of a field that is not an argument of `create`.
pub fn initial<T: Initial>() -> T {
    T::default()
}

/// A type that a field of an aggregate can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of an aggregate",
    label = "not `Send`, `Sync` and `'static`",
    note = "aggregates move between threads: use a type that is `Send`, `Sync` and `'static`"
)]
pub trait State: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> State for T {}

/// Compiles if a field of an aggregate can have the type.
pub const fn sendable<T: State>() {}

/// Compiles if values of the type can be stored in an event.
pub const fn storable<T: Payload>() {}

/// A type that a snapshot can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a snapshot",
    label = "not storable",
    note = "it needs `serde::Serialize` and `serde::Deserialize`, or `#[serde(with = \"…\")]` on the field; if the aggregate needs no snapshots, remove `snapshot` from its attribute"
)]
pub trait StatePart: serde::Serialize + serde::de::DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: serde::Serialize + serde::de::DeserializeOwned> StatePart for T {}

/// Compiles if values of the type can be stored in a snapshot.
pub const fn snapshottable<T: State + StatePart>() {}

/// A placeholder for the value of a field that cannot be deserialised. Expansions contain it only
/// beside a compile error, so it never runs.
pub fn never<T>() -> T {
    unreachable!("a field of this type is a compile error")
}

/// Returns a message if the topic of a listed event is not valid. `before` is the number of events
/// before it in the table.
pub const fn topic_fault<A: Aggregate, E: EventOf<A>>(before: usize) -> Option<&'static str> {
    if E::OPS.topic.len() > MAX_TOPIC_BYTES {
        return Some(
            "the topic of the aggregate and the name of this event make a topic of more than 255 characters: shorten \
                         one of the two",
        );
    }
    let mut at = 0;
    while at < before {
        if are_equal(E::OPS.topic, A::EVENTS[at].topic) {
            return Some(
                "another event of this aggregate is stored under the same topic: give this event another name with \
                                 `#[event(name = \"…\")]`",
            );
        }
        at += 1;
    }
    None
}

/// Returns whether two strings are equal. Unlike `==`, it can be called in a constant.
pub const fn are_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
