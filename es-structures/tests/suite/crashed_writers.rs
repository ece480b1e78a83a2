//! Writers that crash in the middle of an append.

use std::iter::{repeat, repeat_n};
use std::sync::Arc;

use es_structures::{Array, BigArray};
use es_testing::store::Fault;
use uuid::Uuid;

use crate::store::{event_store, faulty, memory, size};

/// The capacity of a big array of arrays of 3.
const ITEMS: u64 = 27;

/// Appends items to a store that fails from the given append on, and the rest after it works again.
async fn append_with_a_fault(fails_from: usize) -> Vec<Option<u64>> {
    let (records, root) = (Arc::new(faulty()), Uuid::new_v4());
    let well = repeat_n(None, fails_from - 1);
    records.fail(well.chain(repeat(Some(Fault::OutOfReach))));
    let open = || BigArray::<u64>::new(event_store(records.clone()), root, size(3));
    let mut big = open();
    for item in 0..ITEMS {
        if big.append(item).await.is_err() {
            records.mend();
            // Another process would open it again.
            big = open();
            assert_eq!(big.next_position().await.unwrap(), item);
            assert_eq!(big.append(item).await.unwrap(), item);
        }
    }
    big.items(..).await.unwrap()
}

#[tokio::test]
async fn an_append_that_fails_at_any_step_stores_nothing_and_the_next_one_takes_its_position() {
    for fails_from in 1..60 {
        let items = append_with_a_fault(fails_from).await;
        assert!(items.into_iter().eq((0..ITEMS).map(Some)), "{fails_from}");
    }
}

#[tokio::test]
async fn items_with_lost_links_are_linked_by_the_next_append() {
    let (store, root) = (memory(), Uuid::new_v4());
    let open = || BigArray::<u64>::new(store.clone(), root, size(3));
    let first = open();
    for item in 0..9 {
        first.append(item).await.unwrap();
    }
    // The Python library stores the item before the links; here its writer crashes in between.
    let tree = first.tree();
    let base = Array::<u64>::new(store.clone(), tree.array_id(tree.base(9)), size(3));
    base.assign(0, 9).await.unwrap();
    assert_eq!(first.next_position().await.unwrap(), 9);

    assert_eq!(open().append(10).await.unwrap(), 10);
    assert!(
        first
            .items(..)
            .await
            .unwrap()
            .into_iter()
            .eq((0..11).map(Some))
    );
}

#[tokio::test]
async fn lost_links_in_the_middle_are_completed() {
    let (store, root) = (memory(), Uuid::new_v4());
    let open = || BigArray::<u64>::new(store.clone(), root, size(3));
    for item in 0..9 {
        open().append(item).await.unwrap();
    }
    // Position 9 lies in (9, 12), (9, 18), (0, 27); only the lowest link is there.
    let tree = open().tree();
    let base = tree.base(9);
    let (parent, index) = tree.parent(base);
    let parent = Array::new(store.clone(), tree.array_id(parent), size(3));
    let id = es_json::Tagged(tree.array_id(base));
    parent.assign(index, id).await.unwrap();
    for item in 9..12 {
        assert_eq!(open().append(item).await.unwrap(), item);
    }
}
