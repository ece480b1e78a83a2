//! Cases of contract points 2, 4 and 7: concurrent and cancelled appends.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use es_store::{Record, RecordError, RecordId};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::super::Reach;
use super::super::case::Verdict;
use super::super::fixture::{Fixture, Store, all_items, all_records, append, assert_conflict};

super::cases![
    one_of_concurrent_appends_at_a_position_succeeds,
    concurrent_appends_leave_no_hole_and_return_their_ids,
    a_conflict_is_returned_only_to_the_append_that_caused_it,
    a_follower_misses_nothing_while_others_write,
    a_dropped_append_is_stored_whole_or_not_at_all,
    two_handles_write_to_one_application_sequence,
];

const WRITERS: i64 = 16;

async fn one_of_concurrent_appends_at_a_position_succeeds(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let id = Uuid::new_v4();
    for n in 0..10 {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let item = fixture.item_with(id, n, &format!("writer {writer}"));
            let store = store.clone();
            writers.spawn(async move { (store.append(vec![item.clone()].into()).await, item) });
        }
        let mut winners = Vec::new();
        for (outcome, item) in writers.join_all().await {
            match outcome {
                Ok(_) => winners.push(item),
                conflict => assert_conflict(conflict, &item),
            }
        }
        assert_eq!(winners.len(), 1, "appends that succeeded at position {n}");
        assert_eq!(all_items(&store, id).await.last(), winners.last());
    }
    assert_eq!(all_items(&store, id).await.len(), 10);
    Ok(())
}

async fn concurrent_appends_leave_no_hole_and_return_their_ids(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(write_with_conflicts(fixture.clone(), store.clone()));
    }
    let returned: Vec<Record> = writers.join_all().await.into_iter().flatten().collect();
    let mut returned: Vec<_> = returned
        .into_iter()
        .map(|record| (record.id.get(), record.item))
        .collect();
    returned.sort_by_key(|(id, _)| *id);
    let stored = all_records(&store)
        .await
        .into_iter()
        .map(|record| (record.id.get(), record.item));
    assert!(
        stored.eq(returned),
        "each append returns the ids of its own items"
    );
    Ok(())
}

/// Appends lists of one, two and three items, with a conflict after each, and returns the appended
/// records with the ids that the store returned.
async fn write_with_conflicts(fixture: Fixture, store: Store) -> Vec<Record> {
    let id = Uuid::new_v4();
    let mut returned = Vec::new();
    let mut n = 0;
    for len in [1, 2, 3, 1, 2, 3] {
        let numbers: Vec<i64> = (n..n + len).collect();
        n += len;
        let list = fixture.list(id, &numbers);
        let ids = append(&store, list.clone()).await;
        assert_conflict(
            store.append(fixture.list(id, &[n, n - 1]).into()).await,
            &list[list.len() - 1],
        );
        returned.extend(ids.into_iter().zip(list).map(|(id, item)| Record {
            id: RecordId::new(id),
            item,
        }));
    }
    returned
}

/// Appends pairs of lists that want the same position, one of which must conflict. A store that
/// batches appends must not refuse the other list too.
async fn a_conflict_is_returned_only_to_the_append_that_caused_it(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let taken = fixture.item(Uuid::new_v4(), 0);
    append(&store, vec![taken.clone()]).await;
    let across = store.capabilities().appends_across_sequences;
    let mut writers = JoinSet::new();
    for n in 0..WRITERS {
        let id = if across {
            Uuid::new_v4()
        } else {
            taken.sequence_id
        };
        let wanted = fixture.item(id, n + 1);
        let bad = vec![wanted.clone(), taken.clone()];
        let (refusing, keeping) = (store.clone(), store.clone());
        writers.spawn(async move {
            let outcome = refusing.append(bad.into()).await;
            let refused = matches!(outcome, Err(RecordError::Conflict { .. }));
            assert!(refused, "{outcome:?}");
        });
        writers.spawn(async move { drop(append(&keeping, vec![wanted]).await) });
    }
    writers.join_all().await;
    Ok(())
}

async fn a_follower_misses_nothing_while_others_write(fixture: Fixture) -> Verdict {
    fixture.require_record_ids()?;
    let store = fixture.store().await;
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(write_with_conflicts(fixture.clone(), store.clone()));
    }
    let total = usize::try_from(WRITERS).expect("a small number") * 12;
    let mut seen: Vec<Record> = Vec::new();
    while seen.len() < total {
        let after = seen.last().map_or(RecordId::new(0), |record| record.id);
        let page = store.records(after, 7).await.expect("read");
        let expected = (after.get() + 1..).map(RecordId::new);
        assert!(
            page.iter()
                .map(|record| record.id)
                .eq(expected.take(page.len())),
            "a hole in {page:?}"
        );
        seen.extend(page);
        tokio::task::yield_now().await;
    }
    writers.join_all().await;
    assert_eq!(seen, all_records(&store).await);
    Ok(())
}

async fn a_dropped_append_is_stored_whole_or_not_at_all(fixture: Fixture) -> Verdict {
    let store = fixture.store().await;
    let mut dropped = Vec::new();
    for polls in [0, 1, 2, 3].into_iter().cycle().take(40) {
        let id = Uuid::new_v4();
        {
            let mut append = pin!(store.append(fixture.list(id, &[0, 1, 2]).into()));
            for _ in 0..polls {
                let poll = poll_fn(|context| Poll::Ready(append.as_mut().poll(context))).await;
                if poll.is_ready() {
                    break;
                }
            }
        }
        dropped.push(id);
    }
    // Later appends: when they return, the accepted ones among the dropped appends are complete.
    let later = Uuid::new_v4();
    for n in 0..2 {
        append(&store, fixture.list(later, &[n])).await;
    }
    for id in dropped {
        let len = all_items(&store, id).await.len();
        assert!(len == 0 || len == 3, "{len} of 3 items are stored");
    }
    if fixture.has_record_ids() {
        all_records(&store).await;
    }
    Ok(())
}

async fn two_handles_write_to_one_application_sequence(fixture: Fixture) -> Verdict {
    fixture.require_reach(Reach::Process)?;
    let (one, two) = (fixture.store().await, fixture.store().await);
    let taken = fixture.item(Uuid::new_v4(), 0);
    append(&one, vec![taken.clone()]).await;
    assert_eq!(
        all_items(&two, taken.sequence_id).await,
        std::slice::from_ref(&taken),
        "the other handle sees the item at once"
    );
    assert_conflict(two.append(vec![taken.clone()].into()).await, &taken);
    let mut writers = JoinSet::new();
    for store in [&one, &two, &one, &two] {
        writers.spawn(write_with_conflicts(fixture.clone(), store.clone()));
    }
    let written: usize = writers.join_all().await.iter().map(Vec::len).sum();
    if fixture.has_record_ids() {
        assert_eq!(all_records(&one).await.len(), written + 1);
        assert_eq!(all_records(&two).await.len(), written + 1);
    }
    let closed = one.close().await;
    assert!(closed.is_ok(), "{closed:?}");
    match two
        .append(vec![fixture.item(taken.sequence_id, 1)].into())
        .await
    {
        Ok(_) | Err(RecordError::Closed) => Ok(()),
        other => panic!("a handle must stay open or be closed with the database, not {other:?}"),
    }
}
