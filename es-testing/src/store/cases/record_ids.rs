//! Cases of contract point 4: record ids and the application sequence.

use es_store::{RecordError, RecordId, RecordIds};
use uuid::Uuid;

use super::super::case::{Inapplicable, Verdict};
use super::super::fixture::{Fixture, all_records, append, assert_conflict, has_record_ids};

super::cases![
    capabilities_promise_record_ids_if_the_table_has_them,
    record_ids_are_1_2_3_in_the_order_of_appends,
    conflicts_use_no_record_ids,
    records_are_read_page_by_page,
    an_empty_table_has_no_records,
    a_table_without_record_ids_says_so,
];

async fn capabilities_promise_record_ids_if_the_table_has_them(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let promised = store.capabilities().record_ids;
    assert_eq!(promised == RecordIds::Contiguous, fixture.has_record_ids());
    Ok(())
}

async fn record_ids_are_1_2_3_in_the_order_of_appends(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    assert_eq!(append(&store, fixture.list(one, &[0])).await, [1]);
    assert_eq!(
        append(&store, fixture.list(two, &[2, 1, 0])).await,
        [2, 3, 4]
    );
    assert_eq!(append(&store, fixture.list(one, &[1])).await, [5]);
    let items = all_records(&store)
        .await
        .into_iter()
        .map(|record| record.item);
    let mut expected = fixture.list(one, &[0]);
    expected.extend(fixture.list(two, &[2, 1, 0]));
    expected.extend(fixture.list(one, &[1]));
    assert!(items.eq(expected), "records are in the order of appends");
    assert_eq!(store.max_record_id().await.expect("read"), RecordId::new(5));
    Ok(())
}

async fn conflicts_use_no_record_ids(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let taken = fixture.item(id, 1);
    assert_eq!(append(&store, vec![taken.clone()]).await, [1]);
    assert_conflict(store.append(vec![taken.clone()].into()).await, &taken);
    assert_conflict(
        store.append(fixture.list(id, &[0, 1, 2]).into()).await,
        &taken,
    );
    assert_conflict(
        store.append(fixture.list(id, &[1, 2, 3]).into()).await,
        &taken,
    );
    let twice = store.append(fixture.list(id, &[8, 8]).into()).await;
    assert_conflict(twice, &fixture.item(id, 8));
    assert_eq!(append(&store, fixture.list(id, &[2, 3])).await, [2, 3]);
    assert_eq!(all_records(&store).await.len(), 3);
    Ok(())
}

async fn records_are_read_page_by_page(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    for _ in 0..5 {
        append(&store, fixture.list(Uuid::new_v4(), &[0, 1])).await;
    }
    let all = all_records(&store).await;
    for size in [1, 3, 10, 11] {
        let mut paged = Vec::new();
        loop {
            let after = paged
                .last()
                .map_or(RecordId::new(0), |record: &es_store::Record| record.id);
            let page = store.records(after, size).await.expect("read");
            assert_eq!(page.len(), size.min(all.len() - paged.len()));
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all, "in pages of {size}");
    }
    assert_eq!(store.records(RecordId::new(0), 0).await.expect("read"), []);
    assert_eq!(
        store
            .records(RecordId::new(u64::MAX), 5)
            .await
            .expect("read"),
        []
    );
    Ok(())
}

async fn an_empty_table_has_no_records(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    assert_eq!(store.max_record_id().await.expect("read"), RecordId::new(0));
    assert_eq!(store.records(RecordId::new(0), 5).await.expect("read"), []);
    Ok(())
}

async fn a_table_without_record_ids_says_so(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    if has_record_ids(&store) {
        return Err(Inapplicable("the table has record ids"));
    }
    let appended = store
        .append(fixture.list(Uuid::new_v4(), &[0]).into())
        .await
        .expect("appended");
    assert_eq!((appended.len(), appended.last()), (1, None));
    let records = store.records(RecordId::new(0), 5).await;
    assert!(
        matches!(records, Err(RecordError::Unsupported { .. })),
        "{records:?}"
    );
    let max = store.max_record_id().await;
    assert!(
        matches!(max, Err(RecordError::Unsupported { .. })),
        "{max:?}"
    );
    Ok(())
}
