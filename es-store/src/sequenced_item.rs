//! What a store keeps: items in sequences.

use std::fmt;

use hashbrown::HashSet;
use uuid::Uuid;

use crate::position::Position;
use crate::record_id::RecordId;
use crate::text::Text;
use crate::topic::Topic;

/// One stored item: the id of its sequence, its position there, its topic and its data.
///
/// An event stored as one has the id of its originator, its version, the topic of its type, and its state.
#[derive(Clone, PartialEq, Eq)]
pub struct SequencedItem {
    /// The sequence: the id of the entity that the event happened to.
    pub sequence_id: Uuid,
    /// The place in the sequence; no two items of a sequence have the same.
    pub position: Position,
    /// What kind of item it is.
    pub topic: Topic,
    /// The stored text: canonical JSON, or what a transcoder or cipher made of it.
    pub data: Text,
}

impl SequencedItem {
    /// The first item of a list that wants the position of an earlier one.
    #[must_use]
    pub fn repeated(list: &[Self]) -> Option<&Self> {
        if list.len() < 2 {
            return None;
        }
        let mut claimed = HashSet::with_capacity(list.len());
        list.iter()
            .find(|item| !claimed.insert((item.sequence_id, item.position)))
    }
}

/// Leaves the data out: it may be large, and is the user's.
impl fmt::Debug for SequencedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SequencedItem")
            .field("sequence_id", &self.sequence_id)
            .field("position", &self.position)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// An item with its place in the application sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The place in the application sequence.
    pub id: RecordId,
    /// The item.
    pub item: SequencedItem,
}
