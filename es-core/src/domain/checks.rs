//! Checks that expansions call while a program is compiled, so that a missing piece is one message, at its type.

use super::ops::EventKind;
use super::{Aggregate, Payload};

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

/// Compiles where values of the type can be stored in an event.
pub const fn storable<T: Payload>() {}

/// Compiles where no two events of the aggregate have one topic.
pub const fn assert_distinct_topics<A: Aggregate>() {
    let mut at = 0;
    while at < A::EVENTS.len() {
        let mut other = 0;
        while other < at {
            assert!(
                !EventKind::have_one_topic(&A::EVENTS[at], &A::EVENTS[other]),
                "two events of this aggregate have one topic: give one of them another name, `#[event(name = \"…\")]`"
            );
            other += 1;
        }
        at += 1;
    }
}
