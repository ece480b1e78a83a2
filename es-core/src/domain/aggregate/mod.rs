//! Aggregates: the trait, the hidden state of each, and what happens to them.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod aggregate;
mod aggregate_state;
pub(crate) mod applying;
mod checks;
mod registry;
mod reseal;
mod status;
mod trigger;

pub use self::aggregate::Aggregate;
pub use self::aggregate_state::Root;
pub(crate) use self::applying::Activity;
pub use self::checks::{are_equal, initial, never, sendable, snapshottable, storable, topic_fault};
pub use self::registry::{AnyAggregate, Registered};
pub(crate) use self::reseal::reseal;
pub use self::status::{Status, Triggerable};
pub use self::trigger::{create, create_alone, happen, new_id};
