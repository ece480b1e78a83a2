//! Positions that other programs left free.

use super::database::{Database, append, followed, id, records, reference};

#[tokio::test]
async fn followers_stop_at_a_hole_and_the_next_reference_fills_it() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(1), 0).await;
    database.store_without_position(id(2), [0]).await;
    let late = database.array();
    late.assign(2, Some(reference(id(2), 0)))
        .await
        .expect("free");
    assert_eq!(followed(&process).await, [(1, 0)], "up to the hole");
    assert_eq!(append(&process, id(1), 1).await, [2]);
    assert_eq!(followed(&process).await, [(1, 0), (1, 1), (2, 0)]);
    let refused = late.assign(1, Some(reference(id(2), 0))).await;
    assert!(refused.is_err_and(|error| error.is_conflict()));
}

#[tokio::test]
async fn a_hole_that_nobody_fills_is_settled_by_the_repair() {
    let database = Database::new();
    let process = database.process();
    append(&process, id(1), 0).await;
    database.store_without_position(id(2), [0]).await;
    let other = database.array();
    // The hole crosses the end of the base array, which has 10 positions.
    other
        .assign(12, Some(reference(id(2), 0)))
        .await
        .expect("free");
    let repaired = process.repair().await.expect("repaired");
    assert_eq!((repaired.tombstones, repaired.placed), (11, 0));
    assert_eq!(records(&process).await, [(1, (1, 0)), (13, (2, 0))]);
    assert!(
        other
            .assign(5, None)
            .await
            .is_err_and(|error| error.is_conflict())
    );
    assert_eq!(append(&process, id(1), 1).await, [14]);
}
