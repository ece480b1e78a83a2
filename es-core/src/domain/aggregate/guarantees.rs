//! Traits of entities with versions, times or hashes in their events.

use super::aggregate::Aggregate;

/// An entity with versions in its events, such as any aggregate.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no versions",
    note = "add `versioned` to its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Versioned: Aggregate {}

/// An entity with times in its events, such as any aggregate.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no times",
    note = "add `timestamped` to its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Timestamped: Aggregate {}

/// An entity with a hash chain of its events: any entity without `integrity = off`.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` are not chained by hashes",
    note = "remove `integrity = off` from its attribute"
)]
pub trait HashChained: Aggregate {}
