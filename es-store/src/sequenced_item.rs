//! Sequenced items: the unit of storage.

use std::fmt;

use hashbrown::HashSet;
use uuid::Uuid;

use crate::position::Position;
use crate::record_id::RecordId;
use crate::text::Text;
use crate::topic::Topic;

/// One stored item: the id of its sequence, its position there, its topic and its data.
///
/// An event is stored as an item with the id of its originator, its version, the topic of its type,
/// and its text.
#[derive(Clone, PartialEq, Eq)]
pub struct SequencedItem {
    /// The id of the sequence, which is the id of the entity to which the event belongs.
    pub sequence_id: Uuid,
    /// The position in the sequence. It is unique within the sequence.
    pub position: Position,
    /// The stored name of the item's type.
    pub topic: Topic,
    /// The stored text: canonical JSON, or the output of a transcoder or cipher.
    pub data: Text,
}

impl SequencedItem {
    /// Returns the first item of a list with the sequence and position of an earlier one.
    #[must_use]
    pub fn first_duplicate(list: &[Self]) -> Option<&Self> {
        if list.len() < 2 {
            return None;
        }
        let mut claimed = HashSet::with_capacity(list.len());
        list.iter()
            .find(|item| !claimed.insert((item.sequence_id, item.position)))
    }
}

/// Omits the data, which may be large and confidential.
impl fmt::Debug for SequencedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SequencedItem")
            .field("sequence_id", &self.sequence_id)
            .field("position", &self.position)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// An item with its record id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The number of the item in the application sequence.
    pub id: RecordId,
    /// The item.
    pub item: SequencedItem,
}
