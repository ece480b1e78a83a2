//! Arrays and big arrays of one writer.

use std::sync::Arc;

use es_core::error::Error;
use es_store::{RecordId, RecordManager};
use es_structures::{
    Array, BigArray, BucketSize, IntegerSequence, LogMessages, SimpleIntegerSequence,
    TimeBucketedLog,
};
use uuid::Uuid;

use crate::store::{event_store, faulty, memory, memory_of_times, size};

#[tokio::test]
async fn a_position_is_assigned_once() {
    let store = memory();
    let array = Array::<u32>::new(store.clone(), Uuid::new_v4(), size(5));
    let big = BigArray::<u32>::new(store, Uuid::new_v4(), size(5));
    array.assign(3, 1).await.unwrap();
    big.assign(33, 1).await.unwrap();
    for refused in [array.assign(3, 2).await, big.assign(33, 2).await] {
        assert!(matches!(refused, Err(Error::Conflict { .. })));
    }
    assert_eq!(array.get(3).await.unwrap(), Some(1));
    assert_eq!(big.get(33).await.unwrap(), Some(1));
    assert_eq!(array.last().await.unwrap(), Some((3, 1)));
    assert_eq!(big.last().await.unwrap(), Some((33, 1)));
}

#[tokio::test]
async fn positions_beyond_the_end_are_refused_and_not_found() {
    let records = Arc::new(faulty());
    let store = event_store(records.clone());
    let array = Array::<u32>::new(store.clone(), Uuid::new_v4(), size(2));
    let big = BigArray::<u32>::new(store, Uuid::new_v4(), size(2));
    for refused in [
        array.assign(2, 0).await,
        array.assign(u64::MAX, 0).await,
        big.assign(4, 0).await,
        big.assign(u64::MAX, 0).await,
    ] {
        assert!(matches!(refused, Err(Error::BeyondArray { .. })));
    }
    assert_eq!(records.max_record_id().await.unwrap(), RecordId::new(0));
    assert_eq!(array.get(2).await.unwrap(), None);
    assert_eq!(array.get(u64::MAX).await.unwrap(), None);
    assert_eq!(big.get(4).await.unwrap(), None);
    assert_eq!(big.items(..=u64::MAX).await.unwrap(), [None; 4]);
}

#[tokio::test]
async fn a_full_array_refuses_items() {
    let store = memory();
    let array = Array::<u64>::new(store.clone(), Uuid::new_v4(), size(3));
    let big = BigArray::<u64>::new(store, Uuid::new_v4(), size(3));
    for number in 0..27 {
        assert_eq!(big.append(number).await.unwrap(), number);
    }
    for number in 0..3 {
        assert_eq!(array.append(number).await.unwrap(), number);
    }
    for (refused, full) in [(array.append(3).await, 3), (big.append(27).await, 27)] {
        assert!(matches!(
            refused,
            Err(Error::BeyondArray { position, capacity, .. }) if position == full && capacity == full
        ));
    }
    assert!(
        big.items(..)
            .await
            .unwrap()
            .into_iter()
            .eq((0..27).map(Some))
    );
}

#[tokio::test]
async fn an_empty_array_has_no_last_item() {
    let big = BigArray::<u32>::new(memory(), Uuid::new_v4(), size(10));
    assert_eq!(big.next_position().await.unwrap(), 0);
    assert_eq!(big.last().await.unwrap(), None);
    assert_eq!(big.get(0).await.unwrap(), None);
    assert!(big.items(..).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_append_costs_as_much_at_the_millionth_item_as_at_the_tenth() {
    let records = Arc::new(faulty());
    let big = BigArray::<u64>::new(event_store(records.clone()), Uuid::new_v4(), size(1_000));
    for (position, levels) in [(10, 1), (10_000, 2), (999_000, 2), (999_999_000, 3)] {
        big.assign(position, 0).await.unwrap();
        records.taken();
        assert_eq!(big.append(1).await.unwrap(), position + 1);
        assert_eq!(records.taken(), (levels + 1, 1), "at {position}");
    }
}

#[tokio::test]
async fn an_array_opened_with_another_array_size_is_refused() {
    let (store, root) = (memory(), Uuid::new_v4());
    let big = BigArray::<u32>::new(store.clone(), root, size(10));
    for number in 0..11 {
        big.append(number).await.unwrap();
    }
    let other = BigArray::<u32>::new(store, root, size(100));
    for refused in [
        other.next_position().await.map(|_| ()),
        other.append(11).await.map(|_| ()),
        other.assign(5, 11).await,
    ] {
        assert!(matches!(
            refused,
            Err(Error::InvalidSetting {
                setting: "array_size",
                ..
            })
        ));
    }
    assert_eq!(big.next_position().await.unwrap(), 11);
}

#[tokio::test]
async fn far_positions_are_found_despite_rounded_logarithms() {
    let big = BigArray::<u32>::new(memory(), Uuid::new_v4(), size(10_000));
    for position in [0, 999_999_999_999, 1_000_000_000_000] {
        big.assign(position, 0).await.unwrap();
        assert_eq!(big.next_position().await.unwrap(), position + 1);
    }
    assert_eq!(big.append(1).await.unwrap(), 1_000_000_000_001);
}

#[tokio::test]
async fn numbers_resume_after_the_stored_items() {
    let store = memory();
    let array = Array::<u64>::new(store.clone(), Uuid::new_v4(), size(100));
    for _ in 0..3 {
        let numbers = SimpleIntegerSequence::resume(&store, array.id())
            .await
            .unwrap();
        for _ in 0..5 {
            let number = numbers.next().await.unwrap();
            array.assign(number, number).await.unwrap();
        }
    }
    assert!(
        array
            .items(..15)
            .await
            .unwrap()
            .into_iter()
            .eq((0..15).map(Some))
    );

    let times = memory_of_times();
    let log = TimeBucketedLog::start(Uuid::new_v4(), BucketSize::Year).unwrap();
    let messages = LogMessages::new(&log, times.clone()).unwrap();
    let bucket = messages.append("a message").await.unwrap().originator_id();
    let refused = SimpleIntegerSequence::resume(&times, bucket).await;
    assert!(matches!(refused, Err(Error::InvalidSetting { .. })));
}
