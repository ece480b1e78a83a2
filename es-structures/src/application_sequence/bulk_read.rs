//! Reads over many sequences at once, which an application sequence needs of a table of items.

use async_trait::async_trait;
use es_store::{
    ItemQuery, MemoryRecordManager, Position, RecordError, RecordManager, SequencedItem,
};
use uuid::Uuid;

/// Reads items and last positions of many sequences in one call.
///
/// Every method has a default, which reads one sequence after another. A store overrides a method if it has one statement
/// for it; an empty `impl` suffices otherwise.
#[async_trait]
pub trait BulkRead: RecordManager {
    /// Returns the items at one position of several sequences, in the store's own order. Sequences without an item at that
    /// position are left out.
    ///
    /// # Errors
    ///
    /// Those of [`items`](RecordManager::items).
    async fn items_at(
        &self,
        position: Position,
        sequence_ids: Vec<Uuid>,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let mut items = Vec::new();
        for sequence_id in sequence_ids {
            items.extend(self.items(ItemQuery::at(sequence_id, position)).await?);
        }
        Ok(items)
    }

    /// Returns the last position of each sequence after `after`, in the order of
    /// [`sequence_ids`](RecordManager::sequence_ids), at most `limit`. An empty answer means that there are no more.
    ///
    /// # Errors
    ///
    /// Those of [`sequence_ids`](RecordManager::sequence_ids) and [`items`](RecordManager::items).
    async fn last_positions(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Position)>, RecordError> {
        let mut last_positions = Vec::new();
        for id in self.sequence_ids(after, limit).await? {
            let last = self.items(ItemQuery::last(id)).await?;
            last_positions.extend(last.first().map(|item| (id, item.position)));
        }
        Ok(last_positions)
    }
}

impl BulkRead for MemoryRecordManager {}
