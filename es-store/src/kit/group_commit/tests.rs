//! Tests of the writer on a store with scripted failures.

use std::sync::Arc;

use uuid::Uuid;

use super::fake_store::{Fake, Fault};
use super::{GroupCommit, MAX_BATCH, QUEUE_CAPACITY};
use crate::append::Append;
use crate::appended::Appended;
use crate::error::RecordError;
use crate::position::Position;
use crate::record_id::RecordId;
use crate::sequenced_item::SequencedItem;
use crate::topic::Topic;

fn item(sequence: u128, position: i64, data: &str) -> SequencedItem {
    SequencedItem {
        sequence_id: Uuid::from_u128(sequence),
        position: Position::Integer(position),
        topic: Topic::new("T"),
        data: data.into(),
    }
}

fn list(sequence: u128, positions: &[i64]) -> Append {
    positions
        .iter()
        .map(|position| item(sequence, *position, "x"))
        .collect()
}

type Outcome = Result<Appended, RecordError>;

/// Queues the lists in order behind a closed gate, so that they form one batch; returns their
/// outcomes.
async fn batch(fake: &Fake, lists: Vec<Append>) -> Vec<Outcome> {
    let group = Arc::new(GroupCommit::on_runtime(fake.clone()));
    let mut calls = Vec::new();
    for list in lists {
        let (group, queued) = (group.clone(), calls.len() + 1);
        let queue = group.queue.clone();
        calls.push(tokio::spawn(async move { group.append(list).await }));
        while queue.len() < queued {
            tokio::task::yield_now().await;
        }
    }
    fake.open_gate();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await.expect("no panic"));
    }
    outcomes
}

fn ids(outcome: &Outcome) -> Vec<u64> {
    outcome
        .as_ref()
        .expect("kept")
        .record_ids()
        .map(RecordId::get)
        .collect()
}

fn is_conflict_at(outcome: &Outcome, sequence: u128, expected: i64) -> bool {
    matches!(outcome, Err(RecordError::Conflict { sequence_id, position })
        if *sequence_id == Uuid::from_u128(sequence) && *position == Position::Integer(expected))
}

#[tokio::test]
async fn a_batch_is_one_transaction_with_ids_in_the_order_of_the_queue() {
    let fake = Fake::gated(&[]);
    let outcomes = batch(
        &fake,
        vec![list(1, &[0]), list(2, &[0, 1, 2]), list(3, &[0])],
    )
    .await;
    assert_eq!(
        outcomes.iter().map(ids).collect::<Vec<_>>(),
        [vec![1], vec![2, 3, 4], vec![5]]
    );
    assert_eq!(fake.script().batches, [3]);
}

#[tokio::test]
async fn a_conflict_with_the_table_uses_no_id_and_touches_no_other_append() {
    let fake = Fake::gated(&[]);
    fake.script().insert(&[list(1, &[0])]);
    let outcomes = batch(&fake, vec![list(2, &[0]), list(1, &[1, 0]), list(3, &[0])]).await;
    assert_eq!((ids(&outcomes[0]), ids(&outcomes[2])), (vec![2], vec![3]));
    assert!(is_conflict_at(&outcomes[1], 1, 0), "{:?}", outcomes[1]);
}

#[tokio::test]
async fn of_two_that_want_one_position_the_first_in_the_queue_has_it() {
    let fake = Fake::gated(&[]);
    let outcomes = batch(&fake, vec![list(1, &[0]), list(1, &[0]), list(1, &[1])]).await;
    assert_eq!((ids(&outcomes[0]), ids(&outcomes[2])), (vec![1], vec![2]));
    assert!(is_conflict_at(&outcomes[1], 1, 0), "{:?}", outcomes[1]);
    assert_eq!(
        fake.script().batches,
        [2],
        "the conflict costs no transaction"
    );
}

#[tokio::test]
async fn a_deferred_append_is_written_next_if_the_earlier_one_is_refused() {
    let fake = Fake::gated(&[]);
    fake.script().insert(&[list(9, &[0])]);
    let refused = vec![item(1, 0, "x"), item(9, 0, "x")];
    let outcomes = batch(&fake, vec![refused.into(), list(1, &[0]), list(2, &[0])]).await;
    assert!(is_conflict_at(&outcomes[0], 9, 0), "{:?}", outcomes[0]);
    assert_eq!((ids(&outcomes[2]), ids(&outcomes[1])), (vec![2], vec![3]));
}

#[tokio::test]
async fn a_position_twice_in_one_append_conflicts_without_the_store() {
    let fake = Fake::gated(&[]);
    let outcomes = batch(
        &fake,
        vec![list(1, &[0, 1, 1]), Append::default(), list(1, &[0, 1])],
    )
    .await;
    assert!(is_conflict_at(&outcomes[0], 1, 1), "{:?}", outcomes[0]);
    assert!(outcomes[1].as_ref().is_ok_and(Appended::is_empty));
    assert_eq!(ids(&outcomes[2]), [1, 2]);
}

#[tokio::test]
async fn without_the_lock_everybody_is_told_why_and_the_next_batch_is_tried() {
    let fake = Fake::gated(&[]);
    fake.script().lock = [Fault::Lock].into();
    let outcomes = batch(&fake, vec![list(1, &[0]), list(2, &[0])]).await;
    for outcome in &outcomes {
        let Err(RecordError::Unavailable { source }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(source.to_string(), "no lock");
    }
    let group = GroupCommit::on_runtime(fake);
    assert_eq!(ids(&group.append(list(1, &[0])).await), [1]);
}

#[tokio::test]
async fn an_append_that_the_store_cannot_write_fails_alone() {
    // The batch fails, and then the second of its three appends on its own.
    let fake = Fake::gated(&[Fault::Backend, Fault::None, Fault::Backend, Fault::None]);
    let outcomes = batch(&fake, vec![list(1, &[0]), list(2, &[0]), list(3, &[0])]).await;
    assert_eq!((ids(&outcomes[0]), ids(&outcomes[2])), (vec![1], vec![2]));
    assert!(
        matches!(outcomes[1], Err(RecordError::Backend { .. })),
        "{:?}",
        outcomes[1]
    );
    assert_eq!(fake.script().batches, [3, 1, 1, 1]);
}

#[tokio::test]
async fn a_batch_whose_ids_were_taken_is_written_again() {
    let fake = Fake::gated(&[Fault::IdTaken, Fault::IdTaken]);
    let outcomes = batch(&fake, vec![list(1, &[0]), list(2, &[0])]).await;
    assert_eq!((ids(&outcomes[0]), ids(&outcomes[1])), (vec![1], vec![2]));
    assert_eq!(fake.script().batches, [2, 2, 2]);
}

#[tokio::test]
async fn ids_that_are_always_taken_make_the_store_unavailable() {
    let fake = Fake::new(&[Fault::IdTaken; 1_000]);
    let group = GroupCommit::on_runtime(fake.clone());
    let outcome = group.append(list(1, &[0])).await;
    assert!(
        matches!(outcome, Err(RecordError::Unavailable { .. })),
        "{outcome:?}"
    );
    assert_eq!(fake.script().batches.len(), 100);
}

#[tokio::test]
async fn a_lost_commit_that_was_done_is_found_and_its_ids_told() {
    let fake = Fake::gated(&[Fault::LostAfter]);
    fake.script().insert(&[list(9, &[0])]);
    let outcomes = batch(
        &fake,
        vec![list(1, &[0, 1]), list(9, &[0, 1]), list(2, &[0])],
    )
    .await;
    assert_eq!(
        (ids(&outcomes[0]), ids(&outcomes[2])),
        (vec![2, 3], vec![4])
    );
    // The same bytes are stored at 9/0, but nothing at 9/1, so the row belongs to another append.
    assert!(is_conflict_at(&outcomes[1], 9, 0), "{:?}", outcomes[1]);
}

#[tokio::test]
async fn a_lost_commit_that_was_not_done_is_told_as_not_written() {
    let fake = Fake::gated(&[Fault::LostBefore]);
    fake.script().insert(&[list(9, &[0])]);
    let stale = vec![item(9, 0, "other bytes")];
    let outcomes = batch(&fake, vec![list(1, &[0]), stale.into(), list(2, &[0])]).await;
    for outcome in [&outcomes[0], &outcomes[2]] {
        let Err(RecordError::Unavailable { source }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(source.to_string(), "connection lost");
    }
    assert!(is_conflict_at(&outcomes[1], 9, 0), "{:?}", outcomes[1]);
    assert_eq!(fake.script().rows.len(), 1);
}

#[tokio::test]
async fn a_lost_commit_that_cannot_be_looked_up_is_unknown() {
    for broken in ["lock", "find"] {
        let fake = Fake::gated(&[Fault::LostAfter]);
        match broken {
            "lock" => fake.script().lock = [Fault::None, Fault::Lock].into(),
            _ => fake.script().find = [Fault::None, Fault::Find].into(),
        }
        let outcomes = batch(&fake, vec![list(1, &[0]), list(2, &[0])]).await;
        for outcome in outcomes {
            let Err(RecordError::Unknown { source }) = outcome else {
                panic!("{broken}: {outcome:?}")
            };
            assert_eq!(source.to_string(), "connection lost");
        }
        assert!(!fake.script().is_locked, "{broken}: the lock is given back");
    }
}

#[tokio::test]
async fn a_panic_of_the_store_answers_everybody_and_ends_the_writer() {
    let fake = Fake::gated(&[Fault::Panic]);
    let lists = (0..1_500).map(|n| list(n, &[0])).collect();
    let outcomes = batch(&fake, lists).await;
    let (batch, behind) = outcomes.split_at(MAX_BATCH);
    for outcome in batch {
        assert!(
            matches!(outcome, Err(RecordError::Unknown { .. })),
            "{outcome:?}"
        );
    }
    for outcome in behind {
        assert!(
            matches!(outcome, Err(RecordError::Backend { .. })),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn after_a_panic_appends_are_refused_and_close_returns() {
    let fake = Fake::new(&[]);
    fake.script().lock = [Fault::Panic].into();
    let group = GroupCommit::on_thread("test", fake).expect("a thread");
    let first = group.append(list(1, &[0])).await;
    assert!(
        matches!(first, Err(RecordError::Backend { .. })),
        "{first:?}"
    );
    let next = group.append(list(1, &[0])).await;
    assert!(matches!(next, Err(RecordError::Backend { .. })), "{next:?}");
    group.close().await;
}

#[tokio::test]
async fn close_finishes_accepted_appends_and_drops_the_store() {
    let fake = Fake::gated(&[]);
    let group = Arc::new(GroupCommit::on_thread("test", fake.clone()).expect("a thread"));
    let calls: Vec<_> = (0..10)
        .map(|n| {
            let group = group.clone();
            tokio::spawn(async move { group.append(list(n, &[0])).await })
        })
        .collect();
    while group.queue.len() < 10 {
        tokio::task::yield_now().await;
    }
    let closing = tokio::spawn({
        let group = group.clone();
        async move { group.close().await }
    });
    while !group.queue.is_closing() {
        tokio::task::yield_now().await;
    }
    let late = group.append(list(99, &[0])).await;
    assert!(matches!(late, Err(RecordError::Closed)), "{late:?}");
    fake.open_gate();
    closing.await.expect("no panic");
    for call in calls {
        assert!(call.await.expect("no panic").is_ok());
    }
    assert_eq!(
        Arc::strong_count(&fake.script),
        1,
        "the writer's copy is gone"
    );
    group.close().await;
}

#[tokio::test]
async fn a_full_queue_makes_callers_wait_and_loses_none() {
    let fake = Fake::gated(&[]);
    let group = Arc::new(GroupCommit::on_runtime(fake.clone()));
    let callers = QUEUE_CAPACITY + 500;
    let calls: Vec<_> = (0..callers as u128)
        .map(|n| {
            let group = group.clone();
            tokio::spawn(async move { group.append(list(n, &[0])).await })
        })
        .collect();
    while group.queue.len() < QUEUE_CAPACITY {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(group.queue.len(), QUEUE_CAPACITY, "the others wait outside");
    fake.open_gate();
    for call in calls {
        assert!(call.await.expect("no panic").is_ok());
    }
    let script = fake.script();
    assert_eq!(script.max(), callers as u64);
    assert!(
        script.batches.iter().all(|len| *len <= MAX_BATCH),
        "{:?}",
        script.batches
    );
}

#[tokio::test]
async fn a_caller_that_is_gone_before_its_turn_writes_nothing() {
    let fake = Fake::gated(&[]);
    let group = Arc::new(GroupCommit::on_runtime(fake.clone()));
    let gone = tokio::spawn({
        let group = group.clone();
        async move { group.append(list(1, &[0])).await }
    });
    while group.queue.len() < 1 {
        tokio::task::yield_now().await;
    }
    gone.abort();
    assert!(gone.await.is_err_and(|error| error.is_cancelled()));
    fake.open_gate();
    assert_eq!(ids(&group.append(list(2, &[0])).await), [1]);
    assert_eq!(fake.script().rows.len(), 1);
}
