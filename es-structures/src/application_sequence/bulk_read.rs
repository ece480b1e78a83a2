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
            let last = self.items(ItemQuery::last_of(id)).await?;
            last_positions.extend(last.first().map(|item| (id, item.position)));
        }
        Ok(last_positions)
    }
}

impl BulkRead for MemoryRecordManager {}

#[cfg(test)]
mod tests {
    use es_store::{Table, TableAdministration};

    use super::super::fake::item;
    use super::*;

    #[tokio::test]
    async fn items_at_a_position_leave_out_sequences_without_one() {
        let records = MemoryRecordManager::new(Table::integer_sequenced());
        let ids = [1, 2, 3].map(Uuid::from_u128);
        for (id, len) in ids.iter().zip(1..) {
            let list: Vec<_> = (0..len).map(|version| item(*id, version)).collect();
            records.append(list.into()).await.expect("kept");
        }
        let found = records.items_at(1.into(), ids.to_vec()).await;
        assert_eq!(found.expect("read"), [item(ids[1], 1), item(ids[2], 1)]);
    }

    #[tokio::test]
    async fn last_positions_are_paged_in_the_order_of_sequence_ids() {
        let records = MemoryRecordManager::new(Table::integer_sequenced());
        assert_eq!(records.last_positions(None, 5).await.expect("read"), []);
        for last in 0..12 {
            let id = Uuid::new_v4();
            let list: Vec<_> = (0..=last).map(|version| item(id, version)).collect();
            records.append(list.into()).await.expect("kept");
        }
        let mut expected = Vec::new();
        for id in records.sequence_ids(None, 100).await.expect("read") {
            let items = records.items(ItemQuery::new(id)).await.expect("read");
            expected.extend(items.last().map(|item| (id, item.position)));
        }
        assert_eq!(expected.len(), 12);
        for size in [1, 5, 12, 13] {
            let mut paged: Vec<(Uuid, Position)> = Vec::new();
            loop {
                let after = paged.last().map(|(id, _)| *id);
                let page = records.last_positions(after, size).await.expect("read");
                assert_eq!(page.len(), size.min(expected.len() - paged.len()));
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(paged, expected, "in pages of {size}");
        }
        let (first, position) = expected[0];
        let deleted = records.delete_record(first, position).await;
        assert!(deleted.expect("deleted"));
        let remaining = records.last_positions(None, 100).await.expect("read");
        assert_eq!(remaining.last(), expected.last());
        assert!(!remaining.contains(&(first, position)), "{remaining:?}");
    }
}
