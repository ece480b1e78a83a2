//! A place in the order of times, for tables whose positions are times.

use uuid::Uuid;

use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::timestamp::Timestamp;

/// A place among all items of a table whose positions are times: items of one time stand in the order of their sequences'
/// ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimePlace {
    /// The time.
    pub time: Timestamp,
    /// The sequence.
    pub sequence_id: Uuid,
}

impl TimePlace {
    /// Behind all items of a time.
    #[must_use]
    pub const fn after(time: Timestamp) -> Self {
        Self {
            time,
            sequence_id: Uuid::max(),
        }
    }

    /// The place of an item, if its position is a time.
    #[must_use]
    pub fn of(item: &SequencedItem) -> Option<Self> {
        match item.position {
            Position::Timestamp(time) => Some(Self {
                time,
                sequence_id: item.sequence_id,
            }),
            Position::Integer(_) | Position::TimeUuid(_) => None,
        }
    }
}
