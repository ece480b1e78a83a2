//! Compile-time checks of `#[projection]`: each event has a handler, and all handlers take the same
//! transaction.

use es_core::__private::{EventKind, Route, Source};
use es_core::domain::Aggregate;
use es_core::internal::are_equal;

/// A compile error of a projection, as a text that a constant can hold.
pub struct Fault {
    bytes: [u8; Self::MAX_LEN],
    len: usize,
}

impl Fault {
    const MAX_LEN: usize = 4096;

    const fn new() -> Self {
        Self {
            bytes: [0; Self::MAX_LEN],
            len: 0,
        }
    }

    /// Appends a part, cut off at the maximum length.
    const fn push(&mut self, part: &str) {
        let mut index = 0;
        while index < part.len() && self.len < Self::MAX_LEN {
            self.bytes[self.len] = part.as_bytes()[index];
            self.len += 1;
            index += 1;
        }
    }

    /// Returns the text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            // The cut was within a character.
            Err(_) => "some events have no handler",
        }
    }
}

/// Returns a fault if an event of an aggregate has no handler.
#[must_use]
pub const fn unhandled<A: Aggregate, E>(routes: &[Option<Route<E>>]) -> Option<Fault> {
    let mut fault = Fault::new();
    let mut index = 0;
    while index < A::EVENTS.len() {
        let kind = &A::EVENTS[index];
        if can_happen(kind) && !has_route(kind, routes) {
            fault.push(if fault.len == 0 {
                "no handler takes `"
            } else {
                "`, `"
            });
            fault.push(kind.topic);
        }
        index += 1;
    }
    if fault.len == 0 {
        return None;
    }
    fault.push(
        "`: write a handler for each with `#[subscribe_to(…)]`, or ignore all events without one with \
         `#[projection(…, ignore_others)]`",
    );
    Some(fault)
}

/// Returns whether an aggregate can have an event: without attributes, it changes none.
const fn can_happen<A: Aggregate>(kind: &EventKind<A>) -> bool {
    !kind.is_change_of_attribute() || !A::ATTRIBUTES.is_empty()
}

const fn has_route<A: Aggregate, E>(kind: &EventKind<A>, routes: &[Option<Route<E>>]) -> bool {
    let mut index = 0;
    while index < routes.len() {
        if let Some(route) = &routes[index]
            && are_equal(route.topic, kind.topic)
        {
            return true;
        }
        index += 1;
    }
    false
}

/// Returns whether a handler's payload is an event of none of the listed aggregates.
///
/// The first argument makes the compiler check the sources before this call: if one of them is not an
/// aggregate, the macro has reported that already, and this check would only repeat it.
#[must_use]
pub const fn is_foreign<E>(_: &[Source<E>], routes: &[Option<Route<E>>]) -> bool {
    let mut index = 0;
    while index < routes.len() {
        if routes[index].is_some() {
            return false;
        }
        index += 1;
    }
    true
}

/// A handler's transaction type that equals the transaction type of its projection, `T`.
#[diagnostic::on_unimplemented(
    message = "this handler takes a `&mut {Self}`, but an earlier one takes a `&mut {T}`",
    label = "different type of transaction",
    note = "all handlers of a projection share one transaction: use the same type in all of them"
)]
pub trait IsTransaction<T> {
    /// Converts the reference; the types are the same.
    fn of(transaction: &mut T) -> &mut Self;
}

impl<T> IsTransaction<T> for T {
    fn of(transaction: &mut T) -> &mut Self {
        transaction
    }
}

/// Converts the transaction of the projection to the type of a handler's argument. If the types
/// differ, this call is the only compile error.
pub fn transacting<Argument: IsTransaction<T>, T>(transaction: &mut T) -> &mut Argument {
    Argument::of(transaction)
}
