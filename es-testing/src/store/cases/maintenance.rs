//! Cases of the administration of tables and single records.

use es_store::{Position, PositionKind, RecordError, RecordId, SequencedItem, Timestamp};
use uuid::Uuid;

use super::super::case::{Inapplicable, Verdict};
use super::super::fixture::{
    Fixture, all_items, all_records, append, assert_conflict, if_supported,
};

super::cases![
    truncate_empties_the_table_and_ids_start_at_1_again,
    drop_table_removes_the_table_and_setup_creates_it_again,
    delete_record_removes_one_record_and_returns_whether_it_existed,
    delete_record_refuses_a_position_of_another_kind,
    replace_record_keeps_the_position_and_the_record_id,
];

async fn truncate_empties_the_table_and_ids_start_at_1_again(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0, 1])).await;
    if_supported(store.truncate().await)?;
    assert_eq!(all_items(&store, id).await, []);
    assert!(store.sequence_ids(None, 5).await.expect("read").is_empty());
    let ids = append(&store, fixture.list(id, &[0])).await;
    assert!(ids.is_empty() || ids == [1], "{ids:?}");
    Ok(())
}

async fn drop_table_removes_the_table_and_setup_creates_it_again(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0, 1])).await;
    if_supported(store.drop_table().await)?;
    store
        .drop_table()
        .await
        .expect("dropping an absent table succeeds");
    store.setup().await.expect("created again");
    assert_eq!(all_items(&store, id).await, []);
    append(&store, fixture.list(id, &[0])).await;
    Ok(())
}

async fn delete_record_removes_one_record_and_returns_whether_it_existed(
    fixture: Fixture,
) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0, 1, 2])).await;
    assert!(if_supported(
        store.delete_record(id, fixture.position(1)).await
    )?);
    assert!(
        !store
            .delete_record(id, fixture.position(1))
            .await
            .expect("the operation succeeds")
    );
    assert!(
        !store
            .delete_record(Uuid::new_v4(), fixture.position(0))
            .await
            .expect("the operation succeeds")
    );
    assert_eq!(all_items(&store, id).await, fixture.list(id, &[0, 2]));
    if fixture.has_record_ids() {
        let records = store.records(RecordId::new(0), 10).await.expect("read");
        let ids: Vec<_> = records.iter().map(|record| record.id.get()).collect();
        assert_eq!(ids, [1, 3], "other records keep their ids");
        assert_eq!(store.max_record_id().await.expect("read"), RecordId::new(3));
    }
    assert_conflict(
        store.append(fixture.list(id, &[0]).into()).await,
        &fixture.item(id, 0),
    );
    let ids = append(&store, fixture.list(id, &[1])).await;
    assert!(ids.is_empty() || ids == [4], "{ids:?}");
    Ok(())
}

/// A store that converted the position to a number could delete another item.
async fn delete_record_refuses_a_position_of_another_kind(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[0])).await;
    let other = match fixture.table.position_kind {
        PositionKind::Integer => Position::Timestamp(Timestamp::from_micros(0)),
        _ => Position::Integer(0),
    };
    match store.delete_record(id, other).await {
        Err(RecordError::Unsupported { .. }) => {
            Err(Inapplicable("the store has no `delete_record`"))
        }
        Err(_) => {
            assert_eq!(all_items(&store, id).await, fixture.list(id, &[0]));
            Ok(())
        }
        Ok(removed) => panic!("the position must be refused, not answered with {removed}"),
    }
}

async fn replace_record_keeps_the_position_and_the_record_id(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let at = |n, position| SequencedItem {
        position: fixture.position(position),
        ..fixture.item(id, n)
    };
    assert!(!if_supported(store.replace_record(at(0, 0)).await)?);
    assert_eq!(all_items(&store, id).await, [], "nothing to replace");
    append(&store, fixture.list(id, &[0, 1, 2])).await;
    for _again in 0..2 {
        assert!(
            store
                .replace_record(at(7, 1))
                .await
                .expect("the operation succeeds")
        );
    }
    assert!(
        !store
            .replace_record(at(7, 3))
            .await
            .expect("the operation succeeds")
    );
    let items = [at(0, 0), at(7, 1), at(2, 2)];
    assert_eq!(all_items(&store, id).await, items);
    if fixture.has_record_ids() {
        let records = all_records(&store).await;
        assert!(records.into_iter().map(|record| record.item).eq(items));
    }
    assert_conflict(store.append(vec![at(1, 1)].into()).await, &at(7, 1));
    Ok(())
}
