//! Tests of reading events, records and sequences: bounds, orders, limits, pages.

use es::{Aggregate, EventStore};
use uuid::Uuid;

use crate::saved::{memory, saved};
use crate::world::{SomethingHappened, World, WorldEvent};

#[tokio::test]
async fn events_are_read_with_bounds_orders_limits_and_pages() {
    let app = memory().await;
    let world = saved(&app, &["a", "b", "c", "d", "e"]).await;
    let id = world.id();
    let one = std::num::NonZeroUsize::MIN;
    let versions = async |query: es::event_store::SequenceQuery<es::DomainEvent<World>>| {
        let events = query.await.unwrap();
        events
            .iter()
            .map(|event| event.originator_version().get())
            .collect::<Vec<_>>()
    };
    let events = || app.events::<World>(id);
    assert_eq!(versions(events()).await, [0, 1, 2, 3, 4, 5]);
    assert_eq!(versions(events().gt(1).lt(4)).await, [2, 3]);
    assert_eq!(versions(events().gte(1).lte(4)).await, [1, 2, 3, 4]);
    assert_eq!(versions(events().gt(1).gte(1).lte(4).lt(4)).await, [2, 3]);
    assert_eq!(versions(events().gt(0).gte(3)).await, [3, 4, 5]);
    assert_eq!(versions(events().descending().limit(2)).await, [5, 4]);
    assert_eq!(versions(events().limit(0)).await, Vec::<u64>::new());
    assert_eq!(
        versions(events().page_size(one).limit(4)).await,
        [0, 1, 2, 3]
    );
    assert_eq!(
        versions(events().page_size(one).descending().lt(3)).await,
        [2, 1, 0]
    );
    assert_eq!(versions(events().lt(0)).await, Vec::<u64>::new());

    let store: &EventStore = app.event_store();
    let third = store.event::<World>(id, 3).await.unwrap().unwrap();
    assert_eq!(
        third.payload(),
        &WorldEvent::from(SomethingHappened {
            what: "c".to_owned()
        })
    );
    assert_eq!(third.payload_as::<SomethingHappened>().unwrap().what, "c");
    assert!(store.event::<World>(id, 6).await.unwrap().is_none());
    let last = store.most_recent_event::<World>(id).await.unwrap().unwrap();
    assert_eq!(last.event_hash(), world.head());
    assert!(
        store
            .most_recent_event::<World>(Uuid::from_u128(1))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn all_records_and_all_sequences_are_listed() {
    let app = memory().await;
    let mut ids = Vec::new();
    for things in [&["a", "b"][..], &[], &["c"]] {
        ids.push(saved(&app, things).await.id());
    }
    let page = std::num::NonZeroUsize::new(2).unwrap();
    let mut records = app.event_store().all_records(2.into(), page);
    let mut seen = Vec::new();
    while let Some(record) = records.next().await {
        seen.push(record.unwrap().id.get());
    }
    assert_eq!(seen, [3, 4, 5, 6]);
    let mut sequences = app.event_store().sequence_ids();
    let mut found = Vec::new();
    while let Some(id) = sequences.next().await {
        found.push(id.unwrap());
    }
    ids.sort();
    assert_eq!(found, ids);
}
