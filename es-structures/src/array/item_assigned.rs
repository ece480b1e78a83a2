use es_core::domain::{EntityKind, Event, Lone, Payload};
use serde::{Deserialize, Serialize};

/// An item was put at an index of an array: its version is the index. It is sealed by a hash of its own, and follows
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAssigned<T> {
    /// The item.
    pub item: T,
}

impl<T: Payload> Event for ItemAssigned<T> {
    const NAME: &'static str = "eventsourcing.domain.model.array#ItemAssigned";
}

impl<T: Payload> Lone for ItemAssigned<T> {
    const KIND: EntityKind = EntityKind::ENTITY.versioned().timestamped();
}
