//! Cases of contract points 1, 2 and 6: atomic appends, conflicts, unchanged texts.

use es_store::{Position, PositionKind, RecordError, Timestamp, Topic};
use uuid::Uuid;

use super::super::case::{Inapplicable, Verdict};
use super::super::fixture::{Fixture, all_items, append, assert_conflict};

super::cases![
    an_append_is_read_back_unchanged,
    an_empty_append_writes_nothing,
    a_taken_position_conflicts_and_writes_nothing,
    an_append_with_a_taken_position_writes_nothing,
    an_append_with_a_position_twice_conflicts_and_writes_nothing,
    an_append_across_sequences_is_all_or_nothing,
    a_position_taken_in_one_sequence_is_free_in_another,
    positions_may_come_in_any_order,
    positions_reach_from_end_to_end,
    texts_come_back_byte_for_byte,
    a_text_of_a_mebibyte_comes_back,
    a_thousand_items_are_one_append,
    a_position_of_another_kind_is_refused,
];

async fn an_append_is_read_back_unchanged(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let mut items = fixture.list(id, &[0, 1, 2]);
    items[1].topic = Topic::new("eventsourcing.domain.model.aggregate#AggregateRoot.Created");
    append(&store, items.clone()).await;
    assert_eq!(all_items(&store, id).await, items);
    Ok(())
}

async fn an_empty_append_writes_nothing(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let appended = store
        .append(Vec::new().into())
        .await
        .expect("an empty append succeeds");
    assert!(appended.is_empty());
    assert_eq!(appended.last(), None);
    assert!(store.sequence_ids(None, 10).await.expect("read").is_empty());
    Ok(())
}

async fn a_taken_position_conflicts_and_writes_nothing(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let first = fixture.list(id, &[0, 1]);
    append(&store, first.clone()).await;
    for n in [0, 1] {
        let second = fixture.item_with(id, n, "another");
        assert_conflict(store.append(vec![second.clone()].into()).await, &second);
    }
    assert_eq!(all_items(&store, id).await, first);
    Ok(())
}

async fn an_append_with_a_taken_position_writes_nothing(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let taken = fixture.item(id, 5);
    append(&store, vec![taken.clone()]).await;
    for list in [[5, 6, 7], [4, 5, 6], [3, 4, 5]] {
        let outcome = store.append(fixture.list(id, &list).into()).await;
        assert_conflict(outcome, &taken);
        assert_eq!(
            all_items(&store, id).await,
            std::slice::from_ref(&taken),
            "after {list:?}"
        );
    }
    append(&store, fixture.list(id, &[3, 4, 6, 7])).await;
    Ok(())
}

async fn an_append_with_a_position_twice_conflicts_and_writes_nothing(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let list = fixture.list(id, &[0, 1, 1, 2]);
    assert_conflict(store.append(list.clone().into()).await, &list[1]);
    assert_eq!(all_items(&store, id).await, []);
    Ok(())
}

async fn an_append_across_sequences_is_all_or_nothing(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    if !store.capabilities().appends_across_sequences {
        return Err(Inapplicable("an append holds items of one sequence"));
    }
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    append(&store, vec![fixture.item(one, 0), fixture.item(two, 0)]).await;
    let taken = fixture.item(two, 0);
    assert_conflict(
        store
            .append(vec![fixture.item(one, 1), taken.clone()].into())
            .await,
        &taken,
    );
    assert_eq!(all_items(&store, one).await.len(), 1);
    Ok(())
}

async fn a_position_taken_in_one_sequence_is_free_in_another(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    append(&store, fixture.list(one, &[0])).await;
    append(&store, fixture.list(two, &[0])).await;
    assert_eq!(all_items(&store, one).await, fixture.list(one, &[0]));
    assert_eq!(all_items(&store, two).await, fixture.list(two, &[0]));
    Ok(())
}

async fn positions_may_come_in_any_order(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(&store, fixture.list(id, &[7, 3])).await;
    append(&store, fixture.list(id, &[5])).await;
    append(&store, fixture.list(id, &[1])).await;
    assert_eq!(all_items(&store, id).await, fixture.list(id, &[1, 3, 5, 7]));
    Ok(())
}

async fn positions_reach_from_end_to_end(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let positions = match fixture.table.position_kind {
        PositionKind::Integer => [i64::MIN, -1, 0, i64::MAX].map(Position::Integer),
        // Times a microsecond from a whole second: conversions to floats or texts lose these first.
        PositionKind::Timestamp => [-1, 1, 1_516_884_000_000_001, 8_589_934_591_999_999]
            .map(|micros| Position::Timestamp(Timestamp::from_micros(micros))),
        PositionKind::TimeUuid => [-1_000, -1, 0, 1_000_000_000].map(|n| fixture.position(n)),
    };
    let mut items = fixture.list(id, &[0, 1, 2, 3]);
    for (item, position) in items.iter_mut().zip(positions) {
        item.position = position;
    }
    append(&store, items.clone()).await;
    assert_eq!(all_items(&store, id).await, items);
    for item in items {
        assert_conflict(store.append(vec![item.clone()].into()).await, &item);
    }
    Ok(())
}

async fn texts_come_back_byte_for_byte(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let texts = [
        "",
        " ",
        "\"quoted\" and 'quoted' and `quoted`; -- \\ % _ ? $1 :name {}",
        "line\nline\r\nline\ttab\u{1}\u{7f}",
        "Ünïcødé e\u{301} \u{200f}עברית \u{feff}𝔘 🦕👩\u{200d}🚀 \u{10ffff}",
        "null",
    ];
    for (n, text) in (0..).zip(texts) {
        append(&store, vec![fixture.item_with(id, n, text)]).await;
    }
    let items = all_items(&store, id).await;
    assert!(items.iter().map(|item| &*item.data).eq(texts), "{texts:?}");
    Ok(())
}

async fn a_text_of_a_mebibyte_comes_back(fixture: Fixture) -> Verdict {
    let digit = |n: u32| char::from_digit(n.wrapping_mul(0x9E37_79B1) >> 28, 16);
    let text: String = (0..1 << 20).filter_map(digit).collect();
    fixture.require_data_size(text.len())?;
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    append(
        &store,
        vec![fixture.item_with(id, 0, &text), fixture.item(id, 1)],
    )
    .await;
    let items = all_items(&store, id).await;
    assert!(
        *items[0].data == *text,
        "a text of a mebibyte comes back changed"
    );
    assert_eq!(items[1], fixture.item(id, 1));
    Ok(())
}

async fn a_thousand_items_are_one_append(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let numbers: Vec<i64> = (0..1_000).collect();
    let list = fixture.list(id, &numbers);
    append(&store, list.clone()).await;
    assert_eq!(all_items(&store, id).await, list);
    let next: Vec<i64> = (1_000..1_999).chain([999]).collect();
    assert_conflict(
        store.append(fixture.list(id, &next).into()).await,
        &list[999],
    );
    assert_eq!(all_items(&store, id).await.len(), 1_000);
    Ok(())
}

async fn a_position_of_another_kind_is_refused(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    let mut list = fixture.list(id, &[0, 1]);
    list[1].position = match fixture.table.position_kind {
        PositionKind::Integer => Position::Timestamp(Timestamp::from_micros(1)),
        _ => Position::Integer(1),
    };
    let outcome = store.append(list.into()).await;
    assert!(
        matches!(outcome, Err(RecordError::Invalid { .. })),
        "{outcome:?}"
    );
    assert_eq!(all_items(&store, id).await, []);
    Ok(())
}
