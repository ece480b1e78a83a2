//! Writers of several processes, at the same time and one after another.

use std::sync::Arc;
use std::time::Duration;

use es_store::{RecordError, RecordId, RecordManager};
use tokio::task::JoinSet;

use super::database::{Database, Fault, append, followed, id, item, reference};
use crate::application_sequence::requests::{Assignment, Request};

#[tokio::test]
async fn an_unassigned_event_gets_its_record_id_before_the_next_of_its_sequence() {
    let database = Database::new();
    let process = database.process();
    assert_eq!(append(&process, id(1), 0).await, [1]);
    database.store_without_position(id(1), [1, 2]).await;
    database.store_without_position(id(2), [0]).await;
    assert_eq!(append(&process, id(1), 3).await, [4]);
    assert_eq!(followed(&process).await, [(1, 0), (1, 1), (1, 2), (1, 3)]);
    // The other process has read none of the positions that this one assigned.
    let other = database.process();
    assert_eq!(append(&other, id(2), 1).await, [6]);
    assert_eq!(followed(&process).await[4..], [(2, 0), (2, 1)]);
}

#[tokio::test]
async fn processes_that_repair_and_write_at_the_same_time_give_each_item_one_position() {
    for _ in 0..20 {
        let database = Arc::new(Database::new());
        for n in 0..8 {
            database.store_without_position(id(n), 0..4).await;
        }
        let mut working = JoinSet::new();
        for worker in 0..4 {
            let process = database.process();
            working.spawn(async move {
                if worker % 2 == 0 {
                    process.repair().await.expect("repaired");
                }
                for version in 0..5 {
                    append(&process, id(100 + worker), version).await;
                    let shared = id(version.unsigned_abs().into());
                    // One of the four workers succeeds for each of the sequences that are repaired.
                    let _conflict = process.append(vec![item(shared, 4)].into()).await;
                }
                if worker % 2 == 1 {
                    process.repair().await.expect("repaired");
                }
            });
        }
        working.join_all().await;
        let follower = database.process();
        let all = followed(&follower).await;
        assert_eq!(all.len(), 8 * 4 + 5 + 4 * 5);
        for n in (0..8).chain(100..104) {
            let versions: Vec<_> = all.iter().filter(|(id, _)| *id == n).collect();
            let in_order = (0..)
                .zip(&versions)
                .all(|(at, (_, version))| at == *version);
            assert!(in_order, "sequence {n}: {versions:?}");
        }
    }
}

#[tokio::test]
async fn a_slow_writer_finds_the_position_that_another_gave() {
    for later in [0, 200] {
        let database = Database::new();
        let slow = database.process();
        append(&slow, id(1), 0).await;
        let lower_bound = slow.0.cache.end();
        database.store_without_position(id(1), [1]).await;
        let other = database.process();
        other.repair().await.expect("repaired");
        for n in 0..later {
            append(&other, id(1_000 + n), 0).await;
        }
        // The other process has raised the floor far above the item, and this one reads that before it writes.
        slow.max_record_id().await.expect("read");
        let assignment = Assignment {
            earlier: Vec::new(),
            items: vec![reference(id(1), 1)],
            lower_bound,
        };
        let placed = slow
            .0
            .writer
            .call(|reply| Request::Assign(assignment, reply))
            .await;
        let ids: Vec<_> = placed.expect("there").record_ids().collect();
        assert_eq!(ids, [RecordId::new(2)]);
        let again = database.process();
        assert_eq!(followed(&again).await.len() as u128, 2 + later);
    }
}

#[tokio::test]
async fn a_slow_writer_finds_the_assigned_positions_and_assigns_the_rest() {
    for has_read in [false, true] {
        let database = Database::new();
        let slow = database.process();
        append(&slow, id(1), 0).await;
        let lower_bound = slow.0.cache.end();
        database.store_without_position(id(1), [1, 2]).await;
        let other = database.process();
        assert_eq!(append(&other, id(2), 0).await, [2]);
        let request = |items| {
            let assignment = Assignment {
                earlier: Vec::new(),
                items,
                lower_bound,
            };
            |reply| Request::Assign(assignment, reply)
        };
        let first = request(vec![reference(id(1), 1)]);
        other.0.writer.call(first).await.expect("placed");
        for n in 0..200 {
            append(&other, id(1_000 + n), 0).await;
        }
        if has_read {
            slow.max_record_id().await.expect("read");
        }
        for n in 0..200 {
            append(&other, id(2_000 + n), 0).await;
        }
        let both = request(vec![reference(id(1), 1), reference(id(1), 2)]);
        let placed = slow.0.writer.call(both).await.expect("placed");
        let ids: Vec<_> = placed.record_ids().map(RecordId::get).collect();
        assert_eq!(ids, [3, 404]);
        assert_eq!(followed(&database.process()).await.len(), 404);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reference_without_an_answer_is_retried_and_written_once() {
    for fault in [Fault::AnswerLost, Fault::OutOfReach] {
        let database = Database::new();
        let process = database.process();
        append(&process, id(1), 0).await;
        database.references.appends.extend(&[fault]);
        let outcome = process.append(vec![item(id(1), 1)].into()).await;
        let Err(RecordError::Unknown { source }) = outcome else {
            panic!("{fault:?}: {outcome:?}");
        };
        assert!(source.to_string().contains("are stored"), "{source}");
        // The writer retries without another request.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let array = database.array();
        assert_eq!(array.next_position().await.expect("read"), 2, "{fault:?}");
        assert_eq!(append(&process, id(1), 2).await, [3]);
        assert_eq!(followed(&process).await, [(1, 0), (1, 1), (1, 2)]);
    }
}
