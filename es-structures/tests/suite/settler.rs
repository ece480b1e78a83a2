//! Holes of big arrays, and settlers that fill them.

use std::iter::repeat_n;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use es_core::event_store::EventStore;
use es_structures::{BigArray, IntegerSequence, Settler, SimpleIntegerSequence};
use es_testing::store::Fault;
use tokio::time::{advance, sleep};
use uuid::Uuid;

use crate::assign_next::Gated;
use crate::store::{event_store, faulty, memory, size};

type Items = BigArray<Option<u64>>;

const TIMEOUT: Duration = Duration::from_secs(10);

fn array(store: &EventStore, of: u32) -> Items {
    BigArray::new(store.clone(), Uuid::new_v4(), size(of))
}

/// Assigns each position its own number.
async fn fill(array: &Items, positions: impl IntoIterator<Item = u64>) {
    for position in positions {
        array.assign(position, Some(position)).await.unwrap();
    }
}

/// Runs a pass; returns its tombstones, the holes that others filled, and the position below which
/// none is free.
async fn pass(settler: &mut Settler<u64>) -> (u64, u64, u64) {
    let settled = settler.settle().await.unwrap();
    (settled.tombstones, settled.filled, settled.settled_below)
}

#[tokio::test(start_paused = true)]
async fn a_hole_is_settled_only_after_it_was_open_for_the_timeout() {
    let array = array(&memory(), 100);
    let mut settler = Settler::new(array.clone(), TIMEOUT);
    fill(&array, [0, 2]).await;
    // The time before a hole was seen does not count.
    advance(TIMEOUT * 3).await;
    assert_eq!(pass(&mut settler).await, (0, 0, 0));
    advance(TIMEOUT.saturating_sub(Duration::from_millis(1))).await;
    fill(&array, [4]).await;
    assert_eq!(pass(&mut settler).await, (0, 0, 0));
    assert_eq!(array.get(1).await.unwrap(), None);
    advance(Duration::from_millis(1)).await;
    assert_eq!(pass(&mut settler).await, (1, 0, 3));
    assert_eq!(array.get(1).await.unwrap(), Some(None));
    // The one at 3 has a timeout of its own.
    assert_eq!(array.get(3).await.unwrap(), None);
    advance(TIMEOUT).await;
    assert_eq!(pass(&mut settler).await, (1, 0, 5));
    assert_eq!(pass(&mut settler).await, (0, 0, 5));
}

#[tokio::test(start_paused = true)]
async fn positions_after_the_last_item_are_not_holes() {
    let array = array(&memory(), 100);
    let mut settler = Settler::new(array.clone(), Duration::ZERO);
    assert_eq!(pass(&mut settler).await, (0, 0, 0));
    let numbers = SimpleIntegerSequence::new();
    fill(&array, [numbers.next().await.unwrap()]).await;
    // A writer has the number 1, and no higher position is taken.
    numbers.next().await.unwrap();
    for _ in 0..3 {
        assert_eq!(pass(&mut settler).await, (0, 0, 1));
        advance(TIMEOUT).await;
    }
    fill(&array, [1, 2]).await;
    assert_eq!(pass(&mut settler).await, (0, 0, 3));
}

#[tokio::test(start_paused = true)]
async fn holes_at_the_borders_of_base_arrays_and_whole_arrays_of_holes_are_settled() {
    for of in [2, 3, 5, 7] {
        let array = array(&memory(), of);
        // A big array of arrays of 2 has 4 positions.
        let last = array.capacity().min(100) - 1;
        let kept: Vec<_> = [0, last].into();
        fill(&array, kept.clone()).await;
        let mut settler = Settler::new(array.clone(), Duration::ZERO);
        assert_eq!(pass(&mut settler).await, (last - 1, 0, last + 1));
        let items = array.items(..).await.unwrap();
        let expected =
            (0..=last).map(|position| Some(kept.contains(&position).then_some(position)));
        assert!(items.into_iter().eq(expected), "arrays of {of}");
        assert_eq!(array.next_position().await.unwrap(), last + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_writer_after_the_tombstone_is_refused_and_takes_another_number() {
    let (store, numbers) = (memory(), Gated::closed());
    let array = array(&store, 100);
    fill(&array, [numbers.now().await]).await;
    let late = tokio::spawn({
        let (array, numbers) = (array.clone(), numbers.clone());
        async move { array.assign_next(&*numbers, Some(1_000)).await }
    });
    while numbers.taken.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    fill(&array, [numbers.now().await]).await;
    let mut settler = Settler::new(array.clone(), Duration::ZERO);
    assert_eq!(pass(&mut settler).await, (1, 0, 3));

    let refused = array.assign(1, Some(1_000)).await;
    assert!(refused.is_err_and(|error| error.is_conflict()));
    numbers.open();
    assert_eq!(late.await.unwrap().unwrap(), 3);
    let items = array.items(..).await.unwrap();
    assert_eq!(
        items,
        [Some(Some(0)), Some(None), Some(Some(2)), Some(Some(1_000))]
    );
}

const CALL: Duration = Duration::from_millis(10);

/// Returns a store with a delay in each call.
fn slow() -> EventStore {
    event_store(Arc::new(faulty().slow(CALL)))
}

#[tokio::test(start_paused = true)]
async fn two_concurrent_settlers_write_one_tombstone_in_each_hole() {
    let array = array(&slow(), 4);
    fill(&array, [0, 3, 4, 9, 13]).await;
    let mut one = Settler::new(array.clone(), Duration::ZERO);
    let mut other = Settler::new(array.clone(), Duration::ZERO);
    let (one, other) = tokio::join!(one.settle(), other.settle());
    let (one, other) = (one.unwrap(), other.unwrap());
    let holes = 9;
    assert_eq!(one.tombstones + other.tombstones, holes);
    // Each settler found all holes, and was first in a part of them.
    assert_eq!(one.tombstones + one.filled, holes);
    assert_eq!(other.tombstones + other.filled, holes);
    assert_eq!((one.settled_below, other.settled_below), (14, 14));
    let items = array.items(..).await.unwrap();
    assert_eq!(items.iter().filter(|item| **item == Some(None)).count(), 9);
    assert!(items.iter().all(Option::is_some));
}

#[tokio::test(start_paused = true)]
async fn a_writer_before_the_tombstone_keeps_its_position() {
    let array = array(&slow(), 100);
    fill(&array, [0, 2]).await;
    let mut settler = Settler::new(array.clone(), Duration::ZERO);
    // By then the settler has seen the hole, and has not written its tombstone: it first reads the
    // root, the base array and the page.
    let late = async {
        sleep(CALL * 2).await;
        array.assign(1, Some(1)).await
    };
    let (settled, late) = tokio::join!(settler.settle(), late);
    late.unwrap();
    let settled = settled.unwrap();
    assert_eq!(
        (settled.tombstones, settled.filled, settled.settled_below),
        (0, 1, 3)
    );
    assert_eq!(array.get(1).await.unwrap(), Some(Some(1)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_pass_continues_at_the_position_of_the_failure() {
    let records = Arc::new(faulty());
    let array = array(&event_store(records.clone()), 10);
    fill(&array, [9]).await;
    let mut settler = Settler::new(array.clone(), TIMEOUT);
    settler.settle().await.unwrap();
    advance(TIMEOUT).await;
    records.taken();
    let well = repeat_n(None, 4);
    records.fail(well.chain([Some(Fault::OutOfReach)]));
    assert!(settler.settle().await.is_err());
    assert!(array.get(3).await.unwrap().is_some() && array.get(4).await.unwrap().is_none());
    // The hole has still been open for the timeout.
    assert_eq!(pass(&mut settler).await, (5, 0, 10));
}

#[tokio::test(start_paused = true)]
async fn a_settler_starts_at_the_given_position_and_skips_settled_ones() {
    let records = Arc::new(faulty());
    let array = array(&event_store(records.clone()), 10_000);
    fill(&array, (0..3_001).filter(|position| position % 7 != 3)).await;
    let mut settler = Settler::new(array.clone(), Duration::ZERO);
    let (tombstones, _, below) = pass(&mut settler).await;
    assert_eq!((tombstones, below), (429, 3_001));
    records.taken();
    assert_eq!(pass(&mut settler).await, (0, 0, 3_001));
    let (reads, appends) = records.taken();
    assert_eq!((reads, appends), (2, 0), "how far the array goes");

    let mut other = Settler::new(array.clone(), Duration::ZERO).starting_at(2_990);
    fill(&array, [3_002]).await;
    records.taken();
    assert_eq!(pass(&mut other).await, (1, 0, 3_003));
    assert!(records.taken().0 <= 6);
}
