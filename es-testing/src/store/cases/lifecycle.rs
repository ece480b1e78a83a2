//! Cases of contract point 3, and of opening, setting up and closing a store.

use es_store::{ItemQuery, RecordError, RecordId, SequencedItem};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::super::Reach;
use super::super::case::{Inapplicable, Verdict};
use super::super::fixture::{Fixture, all_items, all_records, append};

super::cases![
    setup_does_not_change_a_valid_table,
    a_missing_table_is_a_schema_error,
    a_table_with_other_columns_is_refused_and_not_changed,
    every_append_during_close_returns,
    appends_during_close_are_stored_as_reported,
    calls_after_close_are_refused,
    all_items_are_present_after_reopening,
];

async fn setup_does_not_change_a_valid_table(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0, 1])).await;
    store.setup().await.expect("the table is right");
    assert_eq!(all_items(&store, id).await, fixture.list(id, &[0, 1]));
    Ok(())
}

async fn a_missing_table_is_a_schema_error(fixture: Fixture) -> Verdict {
    let store = fixture.open().await;
    let id = Uuid::new_v4();
    let outcome = store.append(fixture.list(id, &[0]).into()).await;
    if outcome.is_ok() {
        return Err(Inapplicable("the store needs no setup"));
    }
    assert!(
        matches!(outcome, Err(RecordError::Schema { .. })),
        "{outcome:?}"
    );
    let outcome = store.items(ItemQuery::new(id)).await;
    assert!(
        matches!(outcome, Err(RecordError::Schema { .. })),
        "{outcome:?}"
    );
    store.setup().await.expect("the table is created");
    append(&store, fixture.list(id, &[0])).await;
    Ok(())
}

async fn a_table_with_other_columns_is_refused_and_not_changed(fixture: Fixture) -> Verdict {
    fixture.require_reach(Reach::Process)?;
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0, 1])).await;
    let mut other = fixture.table.clone();
    other.sequence_id = "another_id".into();
    let refused = match fixture.try_open_as(other).await {
        Ok(store) => store.setup().await,
        Err(error) => Err(error),
    };
    assert!(
        matches!(refused, Err(RecordError::Schema { .. })),
        "{refused:?}"
    );
    assert_eq!(all_items(&store, id).await, fixture.list(id, &[0, 1]));
    Ok(())
}

async fn every_append_during_close_returns(fixture: Fixture) -> Verdict {
    append_and_close(&fixture).await;
    Ok(())
}

async fn appends_during_close_are_stored_as_reported(fixture: Fixture) -> Verdict {
    fixture.require_reach(Reach::Durable)?;
    let appended = append_and_close(&fixture).await;
    let store = fixture.store().await;
    for list in &appended {
        assert_eq!(all_items(&store, list[0].sequence_id).await, *list);
    }
    let sequences = store.sequence_ids(None, 100).await.expect("read");
    assert_eq!(
        sequences.len(),
        appended.len(),
        "refused appends are not stored"
    );
    Ok(())
}

/// Closes a store during concurrent appends, and returns the lists that were appended.
async fn append_and_close(fixture: &Fixture) -> Vec<Vec<SequencedItem>> {
    let store = fixture.store().await;
    let mut writers = JoinSet::new();
    for _ in 0..50 {
        let (store, list) = (store.clone(), fixture.list(Uuid::new_v4(), &[0, 1]));
        writers.spawn(async move { (store.append(list.clone().into()).await, list) });
    }
    tokio::task::yield_now().await;
    store.close().await.expect("closed");
    let mut appended = Vec::new();
    for (outcome, list) in writers.join_all().await {
        match outcome {
            Ok(_) => appended.push(list),
            Err(RecordError::Closed) => {}
            other => panic!("an append must succeed or be refused as closed, not {other:?}"),
        }
    }
    appended
}

async fn calls_after_close_are_refused(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0])).await;
    store.close().await.expect("closed");
    store.close().await.expect("closing twice succeeds");
    let refused = [
        store.append(fixture.list(id, &[1]).into()).await.err(),
        store.items(ItemQuery::new(id)).await.err(),
        store.sequence_ids(None, 5).await.err(),
    ];
    for error in refused {
        assert!(matches!(error, Some(RecordError::Closed)), "{error:?}");
    }
    if fixture.has_record_ids() {
        let refused = [
            store.records(RecordId::new(0), 5).await.err(),
            store.max_record_id().await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(RecordError::Closed)), "{error:?}");
        }
    }
    Ok(())
}

async fn all_items_are_present_after_reopening(fixture: Fixture) -> Verdict {
    fixture.require_reach(Reach::Durable)?;
    let id = Uuid::new_v4();
    for n in 0..3 {
        let store = fixture.store().await;
        let ids = append(&store, fixture.list(id, &[2 * n, 2 * n + 1])).await;
        if fixture.has_record_ids() {
            let first = u64::try_from(2 * n + 1).expect("not negative");
            assert_eq!(ids, [first, first + 1], "ids continue after reopening");
        }
        store.close().await.expect("closed");
    }
    let store = fixture.open().await;
    assert_eq!(
        all_items(&store, id).await,
        fixture.list(id, &[0, 1, 2, 3, 4, 5])
    );
    if fixture.has_record_ids() {
        assert_eq!(all_records(&store).await.len(), 6);
    }
    Ok(())
}
