//! Checks that expansions call while a program is compiled, so that a missing piece is one message, at its type.

use es_store::MAX_TOPIC_BYTES;

use super::aggregate::Aggregate;
use super::event_ops::EventOf;
use crate::domain::event::Payload;

/// A field that starts as its type's default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `Default`, so `create` cannot fill this field",
    label = "no `Default`",
    note = "implement `Default` for `{Self}`, or mark the field `#[created]` or `#[attribute]` and give its value to `create`"
)]
pub trait Initial: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> Initial for T {}

/// The value of a field that is no argument of `create`.
pub fn initial<T: Initial>() -> T {
    T::default()
}

/// A type of which an aggregate's state can be made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of an aggregate",
    label = "not `Send`, `Sync` and `'static`",
    note = "aggregates move between threads: use a type that is `Send`, `Sync` and `'static`"
)]
pub trait State: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> State for T {}

/// Compiles where values of the type can be in an aggregate.
pub const fn sendable<T: State>() {}

/// Compiles where values of the type can be stored in an event.
pub const fn storable<T: Payload>() {}

/// A type that a snapshot can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a snapshot",
    label = "not storable",
    note = "it needs `serde::Serialize` and `serde::Deserialize`, or `#[serde(with = \"…\")]` on the field; without snapshots, take `snapshot` out of the attribute above"
)]
pub trait StatePart: serde::Serialize + serde::de::DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: serde::Serialize + serde::de::DeserializeOwned> StatePart for T {}

/// Compiles where values of the type can be stored in a snapshot.
pub const fn snapshottable<T: State + StatePart>() {}

/// The value of a field that cannot be read: it stands beside an error, so that no program has it.
pub fn never<T>() -> T {
    unreachable!("a field of this type is a compile error")
}

/// What is wrong with the topic of a listed event, if anything is; `before` counts the events before it in the table.
pub const fn topic_fault<A: Aggregate, E: EventOf<A>>(before: usize) -> Option<&'static str> {
    if E::OPS.topic.len() > MAX_TOPIC_BYTES {
        return Some(
            "with the topic of the aggregate before it, the name of this event is longer than the 255 characters of a \
             topic: shorten one of the two",
        );
    }
    let mut at = 0;
    while at < before {
        if are_equal(E::OPS.topic, A::EVENTS[at].topic) {
            return Some(
                "another event of this aggregate is stored under the same topic: give this one a name of its own, \
                 `#[event(name = \"…\")]`",
            );
        }
        at += 1;
    }
    None
}

/// Returns whether two strings are equal, in a constant.
pub const fn are_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
