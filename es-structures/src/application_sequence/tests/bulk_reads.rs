//! The default methods of bulk reads.

use es_store::{
    ItemQuery, MemoryRecordManager, Position, RecordManager, Table, TableAdministration,
};
use uuid::Uuid;

use super::database::item;
use crate::application_sequence::BulkRead;

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
