//! Conversion of rows into items.

use uuid::Uuid;

use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;
use crate::text::TextBuffer;
use crate::topic::TopicCache;

/// Converts the rows of a table into items. Equal topics share one string, and neighbouring texts
/// share buffers.
pub struct ItemReader<'t> {
    /// The table.
    pub table: &'t Table,
    topics: TopicCache,
    texts: TextBuffer,
}

impl<'t> ItemReader<'t> {
    /// Creates a reader for the rows of one query.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        Self {
            table,
            topics: TopicCache::default(),
            texts: TextBuffer::default(),
        }
    }

    /// Creates the item of the next row.
    #[must_use]
    pub fn item(
        &mut self,
        sequence_id: Uuid,
        position: Position,
        topic: &str,
        data: &str,
    ) -> SequencedItem {
        SequencedItem {
            sequence_id,
            position,
            topic: self.topics.stored(topic),
            data: self.texts.copy(data),
        }
    }
}
