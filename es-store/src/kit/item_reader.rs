use uuid::Uuid;

use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;
use crate::text::Texts;
use crate::topic::Topics;

/// Makes items of the rows of a table, one after another: equal topics are one, and texts share buffers.
pub struct ItemReader<'t> {
    /// The table.
    pub table: &'t Table,
    topics: Topics,
    texts: Texts,
}

impl<'t> ItemReader<'t> {
    /// Before the first row.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        Self {
            table,
            topics: Topics::default(),
            texts: Texts::default(),
        }
    }

    /// The item of the next row.
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
            data: self.texts.copied(data),
        }
    }
}
