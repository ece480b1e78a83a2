//! The event of an assignment.

use es_core::domain::{EntityKind, Event, Payload, Standalone};
use serde::{Deserialize, Serialize};

/// The event that an item was assigned to an index of an array. Its version is the index. It has its own hash, and is not part
/// of a hash chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAssigned<T> {
    /// The item.
    pub item: T,
}

impl<T: Payload> Event for ItemAssigned<T> {
    const NAME: &'static str = "eventsourcing.domain.model.array#ItemAssigned";
}

impl<T: Payload> Standalone for ItemAssigned<T> {
    const KIND: EntityKind = EntityKind::ENTITY.versioned().timestamped();
}
