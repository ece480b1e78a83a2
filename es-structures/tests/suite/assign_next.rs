//! Items at the numbers of an integer sequence.

use std::iter::repeat;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use es_core::error::{Error, Result};
use es_structures::{BigArray, IntegerSequence, SimpleIntegerSequence};
use es_testing::store::{Fault, Faulty};
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

use crate::store::{event_store, faulty, memory, size};

/// A sequence that delays its answers until it is opened.
pub struct Gated {
    numbers: SimpleIntegerSequence,
    gate: Semaphore,
    /// Number of numbers that were taken.
    pub taken: AtomicUsize,
}

impl Gated {
    pub fn closed() -> Arc<Self> {
        Arc::new(Self {
            numbers: SimpleIntegerSequence::new(),
            gate: Semaphore::new(0),
            taken: AtomicUsize::new(0),
        })
    }

    pub fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Takes a number without the delay.
    pub async fn now(&self) -> u64 {
        self.numbers.next().await.unwrap()
    }
}

#[async_trait]
impl IntegerSequence for Gated {
    async fn next(&self) -> Result<u64> {
        let number = self.numbers.next().await?;
        self.taken.fetch_add(1, Ordering::SeqCst);
        let _open = self.gate.acquire().await;
        Ok(number)
    }

    async fn at_least(&self, number: u64) -> Result<()> {
        self.numbers.at_least(number).await
    }
}

/// A sequence that can lose its state.
#[derive(Default)]
struct Forgetful {
    numbers: Mutex<SimpleIntegerSequence>,
    given: AtomicUsize,
}

impl Forgetful {
    async fn forget(&self) {
        *self.numbers.lock().await = SimpleIntegerSequence::new();
        self.given.store(0, Ordering::SeqCst);
    }
}

#[async_trait]
impl IntegerSequence for Forgetful {
    async fn next(&self) -> Result<u64> {
        self.given.fetch_add(1, Ordering::SeqCst);
        self.numbers.lock().await.next().await
    }

    async fn at_least(&self, number: u64) -> Result<()> {
        self.numbers.lock().await.at_least(number).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_with_numbers_of_one_sequence_leave_no_hole() {
    let (store, root) = (memory(), Uuid::new_v4());
    let numbers = Arc::new(SimpleIntegerSequence::new());
    let writers = (0..8).map(|writer| {
        let array = BigArray::<(u64, u64)>::new(store.clone(), root, size(3));
        let numbers = Arc::clone(&numbers);
        tokio::spawn(async move {
            let mut last = None;
            for n in 0..3 {
                let position = array.assign_next(&*numbers, (writer, n)).await.unwrap();
                assert!(last < Some(position));
                last = Some(position);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let array = BigArray::<(u64, u64)>::new(store, root, size(3));
    let items = array.items(..24).await.unwrap();
    let mut items: Vec<_> = items
        .into_iter()
        .map(|item| item.expect("no hole"))
        .collect();
    items.sort_unstable();
    let all = (0..8).flat_map(|writer| (0..3).map(move |n| (writer, n)));
    assert!(items.into_iter().eq(all));
}

#[tokio::test]
async fn an_item_at_a_taken_position_gets_a_number_above_all_taken_ones() {
    let array = BigArray::<u64>::new(memory(), Uuid::new_v4(), size(100));
    for item in 0..50 {
        array.append(item).await.unwrap();
    }
    // The sequence starts below the taken positions.
    let numbers = SimpleIntegerSequence::new();
    assert_eq!(array.assign_next(&numbers, 50).await.unwrap(), 50);
    assert_eq!(numbers.next().await.unwrap(), 51);
}

#[tokio::test]
async fn a_sequence_that_went_back_is_raised_before_it_fills_an_old_hole() {
    let array = BigArray::<u64>::new(memory(), Uuid::new_v4(), size(100));
    let numbers = Forgetful::default();
    // The writers of the first three crashed.
    for _ in 0..3 {
        numbers.next().await.unwrap();
    }
    for position in 3..40 {
        let assigned = array.assign_next(&numbers, position).await;
        assert_eq!(assigned.unwrap(), position);
    }
    numbers.forget().await;
    assert_eq!(array.assign_next(&numbers, 40).await.unwrap(), 40);
    assert_eq!(numbers.given.load(Ordering::SeqCst), 2);
    assert_eq!(array.items(..3).await.unwrap(), [None; 3]);
}

#[tokio::test]
async fn numbers_are_raised_and_never_lowered() {
    let numbers = SimpleIntegerSequence::new();
    numbers.at_least(7).await.unwrap();
    assert_eq!(numbers.next().await.unwrap(), 7);
    numbers.at_least(3).await.unwrap();
    numbers.at_least(8).await.unwrap();
    assert_eq!(numbers.next().await.unwrap(), 8);
}

#[tokio::test]
async fn repeatedly_taken_positions_end_in_a_conflict() {
    struct Stuck;
    #[async_trait]
    impl IntegerSequence for Stuck {
        async fn next(&self) -> Result<u64> {
            Ok(0)
        }

        async fn at_least(&self, _: u64) -> Result<()> {
            Ok(())
        }
    }
    let array = BigArray::<u64>::new(memory(), Uuid::new_v4(), size(100))
        .retry(es_core::Retry::default().wait(std::time::Duration::ZERO));
    array.append(1).await.unwrap();
    let refused = array.assign_next(&Stuck, 2).await;
    assert!(refused.is_err_and(|error| error.is_conflict()));
}

/// Returns an array with one item, and its store with faults.
async fn array_of_one() -> (Arc<Faulty>, BigArray<u64>) {
    let records = Arc::new(faulty());
    let array = BigArray::new(event_store(records.clone()), Uuid::new_v4(), size(100));
    array.append(0).await.unwrap();
    (records, array)
}

#[tokio::test]
async fn an_item_with_an_unknown_outcome_is_stored_once() {
    for lost in [Fault::AnswerLost, Fault::RequestLost] {
        let (records, array) = array_of_one().await;
        records.fail([lost]);
        let numbers = SimpleIntegerSequence::starting_at(1);
        assert_eq!(array.assign_next(&numbers, 1).await.unwrap(), 1, "{lost:?}");
        assert_eq!(array.items(..).await.unwrap(), [Some(0), Some(1)]);
    }
}

#[tokio::test]
async fn an_item_with_an_unknown_outcome_is_not_tried_at_another_position() {
    let (records, array) = array_of_one().await;
    records.fail(repeat(Fault::RequestLost));
    let numbers = SimpleIntegerSequence::starting_at(1);
    let unknown = array.assign_next(&numbers, 1).await;
    assert!(matches!(unknown, Err(Error::Unknown(_))), "{unknown:?}");
    assert_eq!(array.next_position().await.unwrap(), 1);
    assert_eq!(numbers.next().await.unwrap(), 2, "one number was used");
}

#[tokio::test]
async fn the_item_of_another_writer_is_not_mistaken_for_the_item_with_the_unknown_outcome() {
    let (records, array) = array_of_one().await;
    array.append(17).await.unwrap();
    records.fail([Fault::RequestLost]);
    let numbers = SimpleIntegerSequence::starting_at(1);
    assert_eq!(array.assign_next(&numbers, 1).await.unwrap(), 2);
}
