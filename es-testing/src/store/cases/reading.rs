//! Cases of contract point 6: bounds, limits, orders and pages of reads.

use std::ops::Bound;
use std::sync::Arc;

use es_store::{
    ItemQuery, Order, PositionKind, RecordError, RecordManager, SequencedItem, TimeCursor,
};
use uuid::Uuid;

use super::super::case::Verdict;
use super::super::fixture::{Fixture, all_items, append, if_supported};

super::cases![
    a_limit_is_reached_if_there_are_enough_items,
    bounds_and_limits_are_kept_in_both_orders,
    paging_by_the_last_position_reads_each_item_once,
    an_unknown_sequence_is_empty,
    sequence_ids_are_paged_each_once_in_one_order,
    items_of_all_sequences_are_read_in_the_order_of_their_times,
];

/// The stored positions. Queries have bounds at, between and outside them.
const STORED: [i64; 5] = [2, 4, 5, 6, 8];

async fn bounds_and_limits_are_kept_in_both_orders(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let items = fixture.list(id, &STORED);
    append(&store, items.clone()).await;
    append(
        &store,
        fixture.list(Uuid::new_v4(), &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    )
    .await;
    for query in queries(&fixture, id) {
        let found = store.items(query.clone()).await.expect("read");
        assert_eq!(found, expected(&items, &query), "{query:?}");
    }
    Ok(())
}

fn queries(fixture: &Fixture, id: Uuid) -> Vec<ItemQuery> {
    let mut bounds = vec![Bound::Unbounded];
    for n in [1, 2, 3, 5, 8, 9] {
        let position = fixture.position(n);
        bounds.extend([Bound::Included(position), Bound::Excluded(position)]);
    }
    let mut queries = Vec::new();
    for lower in &bounds {
        for upper in &bounds {
            for order in [Order::Ascending, Order::Descending] {
                for limit in [None, Some(0), Some(1), Some(2), Some(100)] {
                    let mut query = ItemQuery::new(id);
                    (query.lower, query.upper) = (*lower, *upper);
                    (query.order, query.limit) = (order, limit);
                    queries.push(query);
                }
            }
        }
    }
    queries
}

/// Returns the expected result of a query, by the simplest implementation.
fn expected(items: &[SequencedItem], query: &ItemQuery) -> Vec<SequencedItem> {
    let mut expected: Vec<_> = items
        .iter()
        .filter(|item| query.contains(item.position))
        .cloned()
        .collect();
    if query.order == Order::Descending {
        expected.reverse();
    }
    expected.truncate(query.limit.unwrap_or(usize::MAX));
    expected
}

async fn paging_by_the_last_position_reads_each_item_once(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let numbers: Vec<i64> = (0..25).collect();
    let items = fixture.list(id, &numbers);
    append(&store, items.clone()).await;
    let mut query = ItemQuery::new(id);
    query.limit = Some(10);
    let mut paged = Vec::new();
    let mut lengths = Vec::new();
    loop {
        let page = store.items(query.clone()).await.expect("read");
        lengths.push(page.len());
        let Some(last) = page.last() else { break };
        query.lower = Bound::Excluded(last.position);
        paged.extend(page);
    }
    assert_eq!(lengths, [10, 10, 5, 0]);
    assert_eq!(paged, items);
    Ok(())
}

/// The limits are near multiples of 5,000, the page size of some stores: such a store must read
/// further pages until the limit is reached.
async fn a_limit_is_reached_if_there_are_enough_items(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let numbers: Vec<i64> = (0..6_000).collect();
    for list in fixture.list(id, &numbers).chunks(500) {
        append(&store, list.to_vec()).await;
    }
    for limit in [4_999, 5_001, 5_999, 6_000, 6_001] {
        let mut query = ItemQuery::new(id);
        query.limit = Some(limit);
        let items = store.items(query).await.expect("read");
        assert_eq!(items.len(), limit.min(6_000));
    }
    assert_eq!(all_items(&store, id).await.len(), 6_000);
    Ok(())
}

async fn an_unknown_sequence_is_empty(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    append(&store, fixture.list(Uuid::new_v4(), &[0])).await;
    assert_eq!(all_items(&store, Uuid::new_v4()).await, []);
    Ok(())
}

async fn sequence_ids_are_paged_each_once_in_one_order(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    assert!(store.sequence_ids(None, 5).await.expect("read").is_empty());
    let mut ids: Vec<_> = (0..20)
        .map(|_| Uuid::new_v4())
        .chain([Uuid::nil(), Uuid::max()])
        .collect();
    for id in &ids {
        append(&store, fixture.list(*id, &[0, 1, 2])).await;
    }
    let all = store.sequence_ids(None, 100).await.expect("read");
    for size in [1, 7, 22, 23] {
        let mut paged: Vec<Uuid> = Vec::new();
        loop {
            let page = store
                .sequence_ids(paged.last().copied(), size)
                .await
                .expect("read");
            assert_eq!(page.len(), size.min(all.len() - paged.len()));
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all, "in pages of {size}");
    }
    ids.sort();
    let mut sorted = all;
    sorted.sort();
    assert_eq!(sorted, ids);
    assert!(store.sequence_ids(None, 0).await.expect("read").is_empty());
    Ok(())
}

/// Reads items in the order of time. Returns `Unsupported` if the store has no such reads.
async fn items_by_time(
    store: &Arc<dyn RecordManager>,
    after: Option<TimeCursor>,
    limit: usize,
) -> Result<Vec<SequencedItem>, RecordError> {
    let ordered = store.time_ordered();
    let ordered = ordered.ok_or(RecordError::unsupported("items_by_time"))?;
    ordered.items_by_time(after, limit).await
}

async fn items_of_all_sequences_are_read_in_the_order_of_their_times(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    if fixture.table.position_kind != PositionKind::Timestamp {
        let refused = items_by_time(&store, None, 1).await;
        assert!(matches!(refused, Err(RecordError::Unsupported { .. })));
        return Ok(());
    }
    if_supported(items_by_time(&store, None, 1).await)?;
    let ids = [Uuid::max(), Uuid::nil(), Uuid::new_v4()];
    let mut items = Vec::new();
    for (n, id) in [
        (4, 0),
        (0, 0),
        (2, 1),
        (2, 0),
        (2, 2),
        (3, 2),
        (1, 1),
        (0, 1),
    ] {
        let item = fixture.item(ids[id], n);
        append(&store, vec![item.clone()]).await;
        items.push(item);
    }
    items.sort_by_key(|item| (item.position, *item.sequence_id.as_bytes()));
    for size in [1, 2, 7, 8, 9] {
        let mut read: Vec<SequencedItem> = Vec::new();
        loop {
            let after = read.last().and_then(TimeCursor::from_item);
            let page = items_by_time(&store, after, size).await.expect("read");
            assert_eq!(page.len(), size.min(items.len() - read.len()));
            if page.is_empty() {
                break;
            }
            read.extend(page);
        }
        assert_eq!(read, items, "pages of {size}");
    }
    let time = TimeCursor::from_item(&fixture.item(ids[0], 2))
        .expect("a time")
        .time;
    let later = items_by_time(&store, Some(TimeCursor::after(time)), 100).await;
    assert_eq!(later.expect("read"), items[6..]);
    Ok(())
}
