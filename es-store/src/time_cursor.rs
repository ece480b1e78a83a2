//! A cursor in the order of times, for tables with times as positions.

use uuid::Uuid;

use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::timestamp::Timestamp;

/// A cursor over the items of a table with times as positions. Items with equal times are sorted by
/// the ids of their sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeCursor {
    /// The time of an item.
    pub time: Timestamp,
    /// The sequence of the item.
    pub sequence_id: Uuid,
}

impl TimeCursor {
    /// Creates a cursor after all items with this time.
    #[must_use]
    pub const fn after(time: Timestamp) -> Self {
        Self {
            time,
            sequence_id: Uuid::max(),
        }
    }

    /// Creates a cursor at an item; `None` if its position is not a time.
    #[must_use]
    pub fn from_item(item: &SequencedItem) -> Option<Self> {
        match item.position {
            Position::Timestamp(time) => Some(Self {
                time,
                sequence_id: item.sequence_id,
            }),
            Position::Integer(_) | Position::TimeUuid(_) => None,
        }
    }
}
