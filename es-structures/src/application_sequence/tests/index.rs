//! The floor of the index, and an index that fails.

use es_store::{Appended, RecordError, RecordManager};

use super::database::{Database, Fault, append, followed, id, item, reference};
use crate::application_sequence::{MemoryPositionIndex, PositionIndex, PositionedRecords};

#[tokio::test]
async fn the_cache_of_a_writer_stays_small() {
    let database = Database::new();
    let process = database.process();
    for version in 0..300 {
        append(&process, id(1), version).await;
    }
    let floor = process.0.cache.floor();
    assert!((280..=290).contains(&floor), "{floor}");
    assert_eq!(database.index.floor().await.expect("read"), floor);
    for version in 0..280 {
        let indexed = database.index.find(reference(id(1), version)).await;
        assert_eq!(indexed.expect("read"), Some(version.unsigned_abs()));
    }
    // A new process starts at the floor.
    let other = database.process();
    assert_eq!(append(&other, id(2), 0).await, [301]);
    assert_eq!(other.0.cache.floor(), floor);
    assert_eq!(followed(&other).await.len(), 301);
}

#[tokio::test]
async fn the_cache_of_a_follower_stays_small() {
    let database = Database::new();
    let (writer, follower) = (database.process(), database.process());
    assert!(followed(&follower).await.is_empty());
    for version in 0..300 {
        append(&writer, id(1), version).await;
    }
    assert_eq!(followed(&follower).await.len(), 300);
    let floor = follower.0.cache.floor();
    assert!((280..=290).contains(&floor), "{floor}");
}

#[tokio::test]
async fn the_cache_stays_small_while_a_process_reads_the_appends_of_others() {
    let database = Database::new();
    let (other, process) = (database.process(), database.process());
    assert_eq!(append(&process, id(9), 0).await, [1]);
    for n in 0..3 {
        append_thousand(&other, n).await.expect("kept");
    }
    let mut reads = vec![Fault::None; 100];
    reads.push(Fault::Panic);
    database.references.reads.extend(&reads);
    // The writer panics in the middle.
    let outcome = process.append(vec![item(id(9), 1)].into()).await;
    assert!(outcome.is_err(), "{outcome:?}");
    let (floor, end) = (process.0.cache.floor(), process.0.cache.end());
    assert!(end > 500 && end - floor <= 20, "{floor} to {end}");
    assert_eq!(append(&database.process(), id(9), 2).await, [3_003]);
}

/// Appends a thousand events of a new aggregate.
async fn append_thousand(process: &PositionedRecords, n: u128) -> Result<Appended, RecordError> {
    let items = (0..1_000).map(|version| item(id(n), version));
    process.append(items.collect()).await
}

#[tokio::test]
async fn appends_are_refused_when_the_position_cache_is_full() {
    let database = Database::new();
    let process = database.process();
    let failing = vec![Fault::OutOfReach; 5_000];
    database.index.inserts.extend(&failing);
    let mut kept = 0;
    let refused = loop {
        match append_thousand(&process, kept).await {
            Ok(_) if kept < 30 => kept += 1,
            Ok(_) => panic!("there is no bound"),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, RecordError::Unavailable { .. }),
        "{refused:?}"
    );
    assert_eq!(kept, 11);
    let stored = process.sequence_ids(None, 100).await.expect("read");
    assert_eq!(stored.len() as u128, kept, "nothing was stored");
    database.index.inserts.clear();
    append_thousand(&process, kept).await.expect("kept again");
    let floor = process.0.cache.floor();
    assert!(floor > 11_900, "{floor}");
    assert_all_indexed(&database, floor).await;
}

async fn assert_all_indexed(database: &Database, floor: u64) {
    let placed = database.array().items(..floor).await.expect("read");
    for (at, item) in (0..).zip(placed) {
        let item = item.flatten().expect("a reference");
        let indexed = database.index.find(item).await.expect("read");
        assert_eq!(indexed, Some(at));
    }
}

#[tokio::test]
async fn entries_that_a_failed_write_lost_are_written_again() {
    for fault in [Fault::Panic, Fault::OutOfReach, Fault::AnswerLost] {
        let database = Database::new();
        let process = database.process();
        database.index.inserts.extend(&[Fault::None, fault]);
        for version in 0..100 {
            append(&process, id(1), version).await;
        }
        let floor = database.index.floor().await.expect("read");
        assert!(floor >= 80, "{fault:?}: {floor}");
        assert_all_indexed(&database, floor).await;
    }
}

/// For example if the index was dropped, and another process created it again.
#[tokio::test]
async fn an_index_that_was_emptied_is_filled_and_nothing_has_two_positions() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(2), 0).await;
    for version in 0..100 {
        append(&process, id(1), version).await;
    }
    database.index.truncate().await.expect("emptied");
    let refused = process.repair().await;
    assert!(refused.is_err(), "it lost entries: {refused:?}");
    let repaired = process.repair().await.expect("the array was read");
    assert_eq!(repaired.placed, 0);
    for version in 100..150 {
        append(&process, id(1), version).await;
    }
    assert_eq!(followed(&database.process()).await.len(), 151);
    let floor = database.index.floor().await.expect("read");
    assert!(floor >= 130, "{floor}");
    assert_all_indexed(&database, floor).await;
    // Here no request finds out before the floor is raised.
    database.index.truncate().await.expect("emptied");
    for version in 150..200 {
        append(&process, id(1), version).await;
    }
    let floor = database.index.floor().await.expect("read");
    assert!(floor >= 180, "{floor}");
    assert_all_indexed(&database, floor).await;
}

#[tokio::test]
async fn a_late_index_entry_does_not_replace_a_newer_one() {
    let index = MemoryPositionIndex::default();
    let item = reference(id(1), 0);
    for at in [7, 4] {
        index.insert(&[(item, at)]).await.expect("inserted");
        index.raise_floor(at).await.expect("raised");
    }
    assert_eq!(index.floor().await.expect("read"), 7);
    index
        .remove(item, 4)
        .await
        .expect("kept, because its position is higher");
    assert_eq!(index.find(item).await.expect("read"), Some(7));
    index.remove(item, 7).await.expect("removed");
    assert_eq!(index.find(item).await.expect("read"), None);
}
