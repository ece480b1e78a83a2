//! The guarantees that a kind of entity gives, as traits.

use super::aggregate::Aggregate;

/// An entity whose events are numbered. Every aggregate is.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no versions",
    note = "write `versioned` into its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Versioned: Aggregate {}

/// An entity whose events say when they happened. Every aggregate is.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no times",
    note = "write `timestamped` into its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Timestamped: Aggregate {}

/// An entity whose events are chained by hashes. All are, but those with `integrity = off`.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` are not chained by hashes",
    note = "take `integrity = off` out of its attribute"
)]
pub trait HashChained: Aggregate {}
