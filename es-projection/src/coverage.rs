//! Checks that expansions of `#[projection]` make while a program is compiled.

use es_core::__private::{EventKind, Route, Source};
use es_core::domain::Aggregate;
use es_core::internal::are_equal;

/// What is wrong with a projection, as the text of a message.
pub struct Fault {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Fault {
    const MOST: usize = 4096;

    const fn new() -> Self {
        Self {
            bytes: [0; Self::MOST],
            len: 0,
        }
    }

    /// What is beyond its end is left out.
    const fn push(&mut self, part: &str) {
        let mut at = 0;
        while at < part.len() && self.len < Self::MOST {
            self.bytes[self.len] = part.as_bytes()[at];
            self.len += 1;
            at += 1;
        }
    }

    /// The text.
    ///
    /// # Panics
    ///
    /// Never: it is made of whole texts.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "events have no handler",
        }
    }
}

/// The events of an aggregate that no handler takes, if there are any.
#[must_use]
pub const fn unhandled<A: Aggregate, E>(routes: &[Option<Route<E>>]) -> Option<Fault> {
    let mut fault = Fault::new();
    let mut at = 0;
    while at < A::EVENTS.len() {
        let kind = &A::EVENTS[at];
        if can_happen(kind) && !has_route(kind, routes) {
            fault.push(if fault.len == 0 {
                "no handler takes `"
            } else {
                "`, `"
            });
            fault.push(kind.topic);
        }
        at += 1;
    }
    if fault.len == 0 {
        return None;
    }
    fault.push(
        "`: write one for each, `#[subscribe_to(…)]`; or say that the others are left out by choice, \
         `#[projection(…, ignore_others)]`",
    );
    Some(fault)
}

/// An aggregate without attributes changes none.
const fn can_happen<A: Aggregate>(kind: &EventKind<A>) -> bool {
    !kind.is_change_of_attribute() || !A::ATTRIBUTES.is_empty()
}

const fn has_route<A: Aggregate, E>(kind: &EventKind<A>, routes: &[Option<Route<E>>]) -> bool {
    let mut at = 0;
    while at < routes.len() {
        if let Some(route) = &routes[at]
            && are_equal(route.topic, kind.topic)
        {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether a payload is one of no listed aggregate's events. The sources are named so that nothing is asked where one of
/// them is of no aggregate, which is said already.
#[must_use]
pub const fn is_foreign<E>(_: &[Source<E>], routes: &[Option<Route<E>>]) -> bool {
    let mut at = 0;
    while at < routes.len() {
        if routes[at].is_some() {
            return false;
        }
        at += 1;
    }
    true
}

/// A type that is the transaction of its projection.
#[diagnostic::on_unimplemented(
    message = "this handler takes a `&mut {Self}`, and the one before it a `&mut {T}`",
    label = "another transaction",
    note = "all handlers of a projection work in one transaction: make the two one type"
)]
pub trait IsTransaction<T> {
    /// The same transaction, as the other type.
    fn of(transaction: &mut T) -> &mut Self;
}

impl<T> IsTransaction<T> for T {
    fn of(transaction: &mut T) -> &mut Self {
        transaction
    }
}

/// The transaction of the projection, as a handler's argument: where the two differ this alone is a mistake.
pub fn transacting<Argument: IsTransaction<T>, T>(transaction: &mut T) -> &mut Argument {
    Argument::of(transaction)
}
