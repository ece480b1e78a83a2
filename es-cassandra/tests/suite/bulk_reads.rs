//! Reads over many sequences by one statement.

use std::sync::Arc;

use es_cassandra::{CassandraDatastore, CassandraRecordManager};
use es_store::{ItemQuery, Position, RecordManager, Table, TableAdministration};
use es_structures::application_sequence::BulkRead;
use uuid::Uuid;

use crate::server::{item, options_of};
use crate::statements::Keyspace;

cases![
    items_of_several_sequences_are_read_by_one_statement,
    last_positions_are_paged_in_the_order_of_sequence_ids,
];

async fn events(keyspace: &Keyspace) -> Arc<CassandraRecordManager> {
    let datastore = CassandraDatastore::open(options_of(&keyspace.0)).await;
    let table = datastore
        .expect("the store opens")
        .table(Table::stored_events());
    let events = table.expect("the table opens");
    events.setup().await.expect("the table is created");
    events
}

async fn items_of_several_sequences_are_read_by_one_statement(keyspace: Keyspace) {
    let events = events(&keyspace).await;
    let ids: Vec<_> = (0..20).map(|_| Uuid::new_v4()).collect();
    for (id, len) in ids.iter().zip(1..) {
        let list = (0..len).map(|n| item(*id, n)).collect();
        events.append(list).await.expect("the append succeeds");
    }
    for position in [0, 12, 20] {
        let found = events.items_at(position.into(), ids.clone()).await;
        let found = found.expect("read").into_iter();
        let mut found: Vec<_> = found.map(|item| (item.sequence_id, item)).collect();
        found.sort_unstable_by_key(|(id, _)| *id);
        let long_enough = ids.iter().zip(1..).filter(|(_, len)| position < *len);
        let mut expected: Vec<_> = long_enough
            .map(|(id, _)| (*id, item(*id, position)))
            .collect();
        expected.sort_unstable_by_key(|(id, _)| *id);
        assert_eq!(found, expected, "at {position}");
    }
}

async fn last_positions_are_paged_in_the_order_of_sequence_ids(keyspace: Keyspace) {
    let events = events(&keyspace).await;
    assert_eq!(events.last_positions(None, 5).await.expect("read"), []);
    for last in 0..12 {
        let id = Uuid::new_v4();
        let list = (0..=last).map(|n| item(id, n)).collect();
        events.append(list).await.expect("the append succeeds");
    }
    let mut expected = Vec::new();
    for id in events.sequence_ids(None, 100).await.expect("read") {
        let items = events.items(ItemQuery::new(id)).await.expect("read");
        expected.extend(items.last().map(|item| (id, item.position)));
    }
    assert_eq!(expected.len(), 12);
    for size in [1, 5, 12, 13] {
        let mut paged: Vec<(Uuid, Position)> = Vec::new();
        loop {
            let after = paged.last().map(|(id, _)| *id);
            let page = events.last_positions(after, size).await.expect("read");
            assert_eq!(page.len(), size.min(expected.len() - paged.len()));
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, expected, "in pages of {size}");
    }
    let (first, position) = expected[0];
    let deleted = events.delete_record(first, position).await;
    assert!(deleted.expect("deleted"));
    let remaining = events.last_positions(None, 100).await.expect("read");
    assert_eq!(remaining.last(), expected.last());
    assert!(!remaining.contains(&(first, position)), "{remaining:?}");
}
