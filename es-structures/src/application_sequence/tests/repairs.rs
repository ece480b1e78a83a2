//! Repairs of items without positions, requested and in the background.

use std::time::Duration;

use es_store::{RecordError, RecordManager, TableAdministration};
use tokio::time::sleep;

use super::database::{Database, Fault, append, followed, id, item};
use crate::application_sequence::RepairReport;

/// Longer than every timeout and pause in these tests.
const LATER: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_repair_gives_positions_once_and_says_so() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(3), 0).await;
    database.store_without_position(id(1), 0..25).await;
    database.store_without_position(id(2), [0]).await;
    let repaired = process.repair().await.expect("repaired");
    assert_eq!(
        repaired,
        RepairReport {
            sequences: 3,
            placed: 26,
            tombstones: 0
        }
    );
    let all = followed(&process).await;
    assert_eq!(all.len(), 27);
    let of_one: Vec<_> = all.iter().filter(|(id, _)| *id == 1).collect();
    assert!(of_one.iter().map(|(_, version)| *version).eq(0..25));
    let again = process.repair().await.expect("nothing to do");
    assert_eq!((again.placed, again.sequences), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn events_of_an_unknown_append_get_record_ids() {
    for unreadable in [0, 3] {
        let database = Database::new();
        let process = database.process();
        append(&process, id(1), 0).await;
        database.events.appends.extend(&[Fault::AnswerLost]);
        let outcome = process.append(vec![item(id(1), 1)].into()).await;
        assert!(
            matches!(outcome, Err(RecordError::Unknown { .. })),
            "{outcome:?}"
        );
        let failing = vec![Fault::OutOfReach; unreadable];
        database.events.reads.extend(&failing);
        sleep(LATER).await;
        assert_eq!(database.placed().await, [Some((1, 0)), Some((1, 1))]);
        assert_eq!(append(&process, id(1), 2).await, [3]);
    }
}

#[tokio::test(start_paused = true)]
async fn events_that_become_visible_after_a_timeout_get_record_ids() {
    let database = Database::new();
    let process = database.process_with(Duration::from_secs(1));
    database.events.appends.extend(&[Fault::Undecided]);
    let outcome = process.append(vec![item(id(1), 0)].into()).await;
    assert!(outcome.is_err(), "{outcome:?}");
    sleep(Duration::from_millis(100)).await;
    database.store_without_position(id(1), [0]).await;
    sleep(LATER).await;
    assert_eq!(database.placed().await, [Some((1, 0))]);
}

#[tokio::test(start_paused = true)]
async fn stored_items_get_positions_even_if_the_items_before_them_could_not_be_read() {
    let database = Database::new();
    let process = database.process();
    database.store_without_position(id(1), [0]).await;
    database.events.reads.extend(&[Fault::OutOfReach]);
    let outcome = process.append(vec![item(id(1), 1)].into()).await;
    assert!(
        matches!(outcome, Err(RecordError::Unknown { .. })),
        "{outcome:?}"
    );
    sleep(LATER).await;
    assert_eq!(database.placed().await, [Some((1, 0)), Some((1, 1))]);
}

#[tokio::test(start_paused = true)]
async fn a_background_repair_ends_when_the_store_is_closed() {
    let database = Database::new();
    let process = database.process();
    database.events.appends.extend(&[Fault::Undecided]);
    let failing = vec![Fault::OutOfReach; 1_000];
    database.events.reads.extend(&failing);
    let outcome = process.append(vec![item(id(1), 0)].into()).await;
    assert!(outcome.is_err(), "{outcome:?}");
    sleep(LATER).await;
    process.close().await.expect("closed");
    sleep(LATER).await;
    assert_eq!(std::sync::Arc::strong_count(&process.0), 1);
}
