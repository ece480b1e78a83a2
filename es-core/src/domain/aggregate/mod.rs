//! Aggregates: the trait, the library's part of their state, and their events.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod aggregate;
mod aggregate_parts;
mod aggregate_state;
pub(crate) mod applying;
mod checks;
mod declaration;
mod domain_event;
mod event_kind;
mod event_ops;
mod guarantees;
mod joined_topic;
mod read_back;
mod reseal;
mod state_difference;
mod state_ops;
mod status;
mod stored_type;
mod trigger;

pub use self::aggregate::Aggregate;
pub(crate) use self::aggregate::topic_of;
pub use self::aggregate_parts::AggregateParts;
pub use self::aggregate_state::AggregateState;
pub use self::checks::{are_equal, initial, never, sendable, snapshottable, storable, topic_fault};
pub use self::domain_event::DomainEvent;
pub use self::event_kind::EventKind;
pub(crate) use self::event_kind::Role;
pub use self::event_ops::{EventOf, Ops, library_ops, ops, unchanged};
pub use self::guarantees::{HashChained, Timestamped, Versioned};
pub use self::read_back::check_read_back;
pub(crate) use self::reseal::reseal;
pub use self::state_difference::{StateDifference, compare};
pub(crate) use self::state_ops::StateError;
pub use self::state_ops::{Snapshotted, StateOps, present};
pub use self::status::{Status, Triggerable};
pub use self::stored_type::{StoredEventType, StoredType};
pub use self::trigger::{create, create_without_previous_hash, new_id, trigger};
