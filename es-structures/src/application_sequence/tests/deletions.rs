//! Deletions of records, and deletions that fail in the middle.

use std::time::Duration;

use es_store::{Position, RecordError, RecordId, RecordManager, TableAdministration};
use tokio::time::sleep;

use super::database::{Database, Fault, Script, append, followed, id, item, records, reference};
use crate::application_sequence::requests::Removal;
use crate::application_sequence::{PositionIndex, PositionedRecords};

#[tokio::test]
async fn a_tombstone_at_the_end_does_not_make_followers_look_again_and_again() {
    let database = Database::new();
    let process = database.process();
    for version in 0..3 {
        append(&process, id(1), version).await;
    }
    let last = (id(1), Position::Integer(2));
    assert!(
        process
            .delete_record(last.0, last.1)
            .await
            .expect("deleted")
    );
    assert_eq!(
        process.max_record_id().await.expect("read"),
        RecordId::new(2)
    );
    let other = database.process();
    assert_eq!(other.max_record_id().await.expect("read"), RecordId::new(2));
    assert_eq!(
        append(&other, id(1), 2).await,
        [4],
        "its id is not given again"
    );
}

/// Appends three events of one aggregate and one of another. The tests delete the second.
async fn filled(process: &PositionedRecords) {
    for version in 0..3 {
        append(process, id(1), version).await;
    }
    append(process, id(2), 0).await;
}

async fn delete(process: &PositionedRecords) -> Result<bool, RecordError> {
    process.delete_record(id(1), Position::Integer(1)).await
}

#[tokio::test]
async fn a_deletion_that_failed_anywhere_is_finished_by_the_next_try() {
    for (step, fault) in steps() {
        for retries_elsewhere in [false, true] {
            let database = Database::new();
            let process = database.process();
            filled(&process).await;
            step(&database).extend(&[fault]);
            let failed = delete(&process).await;
            assert!(failed.is_err(), "{fault:?}: {failed:?}");
            let other = database.process();
            let retrying = if retries_elsewhere { &other } else { &process };
            delete(retrying).await.expect("finished");
            let at_its_position = database.array().get(1).await.expect("read");
            assert_eq!(at_its_position, Some(None), "a tombstone");
            let indexed = database.index.find(reference(id(1), 1)).await;
            assert_eq!(indexed.expect("read"), None);
            assert_eq!(append(&process, id(1), 1).await, [5]);
            let all = [(1, (1, 0)), (3, (1, 2)), (4, (2, 0)), (5, (1, 1))];
            assert_eq!(records(&other).await, all);
        }
    }
}

/// Returns the steps of a deletion, each with the ways in which it may fail.
fn steps() -> impl Iterator<Item = (fn(&Database) -> &Script, Fault)> {
    let steps: [fn(&Database) -> &Script; 3] = [
        |database| &database.events.deletions,
        |database| &database.references.replacements,
        |database| &database.index.removals,
    ];
    let faults = [Fault::OutOfReach, Fault::Undecided, Fault::AnswerLost];
    steps
        .into_iter()
        .flat_map(move |step| faults.map(|fault| (step, fault)))
}

/// Deletes the last event, one before it, and several up to the last; at the end of a base array and elsewhere.
#[tokio::test]
async fn a_record_id_is_never_reused_whichever_step_of_a_deletion_fails() {
    for (step, fault) in steps() {
        for (stored, deleted) in [(8, 7..8), (8, 6..7), (8, 5..8), (10, 9..10), (13, 8..10)] {
            let database = Database::new();
            let (process, behind) = (database.process(), database.process());
            for version in 0..deleted.start {
                append(&process, id(1), version).await;
            }
            let before = deleted.start.unsigned_abs();
            assert_eq!(followed(&behind).await.len() as u64, before);
            for version in deleted.start..stored {
                append(&process, id(1), version).await;
            }
            for version in deleted.clone() {
                step(&database).extend(&[fault]);
                let failed = process.delete_record(id(1), Position::Integer(version));
                assert!(failed.await.is_err(), "{fault:?}");
            }
            // A process that has not read so far, a new process, and the process that deleted.
            let mut next = stored.unsigned_abs();
            for (n, writer) in (2..).zip([&behind, &database.process(), &process]) {
                next += 1;
                let case = format!("{fault:?}: {deleted:?} of {stored}, by {n}");
                assert_eq!(append(writer, id(n), 0).await, [next], "{case}");
            }
        }
    }
}

/// The process that is behind reads the array before the event is appended, and next after it was deleted.
#[tokio::test]
async fn a_process_that_has_not_read_so_far_puts_nothing_where_a_reference_stood() {
    let database = Database::new();
    let (process, behind) = (database.process(), database.process());
    append(&process, id(1), 0).await;
    assert_eq!(followed(&behind).await.len(), 1);
    append(&process, id(1), 1).await;
    assert!(delete(&process).await.expect("deleted"));
    assert_eq!(append(&behind, id(2), 0).await, [3]);
    assert_eq!(database.placed().await, [Some((1, 0)), None, Some((2, 0))]);
}

#[tokio::test]
async fn an_event_appended_after_its_deletion_by_another_process_gets_a_new_record_id() {
    let database = Database::new();
    let (process, other) = (database.process(), database.process());
    filled(&process).await;
    assert!(delete(&other).await.expect("deleted"));
    assert_eq!(append(&process, id(1), 1).await, [5]);
    let all = [(1, (1, 0)), (3, (1, 2)), (4, (2, 0)), (5, (1, 1))];
    assert_eq!(records(&other).await, all);
    assert_eq!(records(&process).await, all);
    let indexed = database.index.find(reference(id(1), 1)).await;
    assert_eq!(indexed.expect("read"), Some(4));
}

#[tokio::test(start_paused = true)]
async fn an_event_appended_after_a_failed_deletion_is_seen_once() {
    for fails_again in [false, true] {
        let database = Database::new();
        let process = database.process();
        filled(&process).await;
        database
            .references
            .replacements
            .extend(&[Fault::OutOfReach]);
        assert!(delete(&process).await.is_err());
        if fails_again {
            database
                .references
                .replacements
                .extend(&[Fault::OutOfReach]);
            let outcome = process.append(vec![item(id(1), 1)].into()).await;
            assert!(
                matches!(outcome, Err(RecordError::Unknown { .. })),
                "not at its old position: {outcome:?}"
            );
            sleep(Duration::from_secs(5)).await;
        } else {
            assert_eq!(append(&process, id(1), 1).await, [5]);
        }
        let all = [(1, (1, 0)), (3, (1, 2)), (4, (2, 0)), (5, (1, 1))];
        assert_eq!(records(&database.process()).await, all);
    }
}

#[tokio::test]
async fn a_deleted_item_is_not_indexed_later() {
    let database = Database::new();
    let (process, other) = (database.process(), database.process());
    append(&process, id(1), 0).await;
    append(&process, id(1), 1).await;
    // The other process has read the reference, and has not added it to the index yet.
    assert!(delete(&other).await.expect("deleted"));
    for version in 0..40 {
        append(&other, id(2), version).await;
    }
    assert!(database.index.floor().await.expect("read") > 2);
    let indexed = database.index.find(reference(id(1), 1)).await;
    assert_eq!(indexed.expect("read"), None);
}

#[tokio::test]
async fn an_event_appended_during_its_deletion_gets_a_record_id() {
    for from_elsewhere in [false, true] {
        let database = Database::new();
        let (process, other) = (database.process(), database.process());
        filled(&process).await;
        // The first steps of a deletion.
        let upper_bound = process.0.cache.end();
        let events = &process.0.events;
        let deleted = events.delete_record(id(1), Position::Integer(1)).await;
        assert!(deleted.expect("deleted"));
        let again = if from_elsewhere { &other } else { &process };
        // The other process has read nothing yet, and takes the old reference for the reference of its own item.
        let given = append(again, id(1), 1).await;
        assert_eq!(given, [if from_elsewhere { 2 } else { 5 }]);
        let item = reference(id(1), 1);
        let removal = Removal { item, upper_bound };
        let writer = process.0.writer.sender().expect("open");
        process
            .0
            .remove_reference(&writer, removal)
            .await
            .expect("removed");
        drop(writer);
        let all = [(1, (1, 0)), (3, (1, 2)), (4, (2, 0)), (5, (1, 1))];
        for follower in [&process, &other, &database.process()] {
            assert_eq!(records(follower).await, all, "{from_elsewhere}");
        }
        process.close().await.expect("closed");
        let indexed = database.index.find(item).await.expect("read");
        assert_eq!(indexed, Some(4), "{from_elsewhere}");
    }
}
