//! Cases of `PostgreSQL` only.

use std::sync::Arc;
use std::time::Duration;

use es_postgres::{PostgresDatastore, PostgresOptions};
use es_store::{Datastore, RecordError, RecordId, RecordManager, Table};
use es_testing::own_cases;
use es_testing::store::servers::OwnCase;
use tokio::time::timeout;
use uuid::Uuid;

use crate::server::{config_of, item};

pub(crate) const CASES: &[OwnCase] = own_cases![
    a_follower_is_woken_by_a_commit_of_another_process,
    a_text_that_cannot_be_stored_fails_alone,
    an_append_of_several_statements_is_stored_whole_or_not_at_all,
];

fn options(schema: &str) -> PostgresOptions {
    PostgresOptions::new(config_of(schema)).with_connections(2)
}

/// Opens the table of events, which exists.
async fn events(schema: &str) -> Arc<dyn RecordManager> {
    let database = PostgresDatastore::open(options(schema)).await;
    let database = database.expect("opened");
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("the table opens");
    events.setup().await.expect("created");
    events
}

async fn a_follower_is_woken_by_a_commit_of_another_process(schema: String) {
    const FOREVER: Duration = Duration::from_secs(600);
    const LONG: Duration = Duration::from_secs(60);
    let (writer, follower) = (events(&schema).await, events(&schema).await);
    let mut wake_up = follower.wake_up();
    // The first wake-up means that the follower listens.
    wake_up.wait(FOREVER).await;
    for n in 0..3 {
        writer
            .append(vec![item(Uuid::new_v4(), 0)].into())
            .await
            .expect("the append succeeds");
        timeout(LONG, wake_up.wait(FOREVER))
            .await
            .expect("the follower is woken");
        assert_eq!(follower.max_record_id().await.expect("read").get(), n + 1);
    }
}

async fn a_text_that_cannot_be_stored_fails_alone(schema: String) {
    let events = events(&schema).await;
    let mut bad = item(Uuid::new_v4(), 0);
    bad.data = "NUL \0".into();
    let (bad, good) = tokio::join!(
        events.append(vec![bad].into()),
        events.append(vec![item(Uuid::new_v4(), 0)].into())
    );
    assert!(matches!(bad, Err(RecordError::Invalid { .. })), "{bad:?}");
    assert_eq!(
        good.expect("the append succeeds").last(),
        Some(RecordId::new(1))
    );
}

async fn an_append_of_several_statements_is_stored_whole_or_not_at_all(schema: String) {
    /// The number of items that take three statements.
    const LONG: u64 = 25_000;
    let events = events(&schema).await;
    let taken = item(Uuid::new_v4(), 0);
    events
        .append(vec![taken.clone()].into())
        .await
        .expect("the append succeeds");
    let long = || {
        let id = Uuid::new_v4();
        (0..LONG.cast_signed()).map(move |n| item(id, n))
    };
    for before in (0..3).map(|round| 1 + round * LONG) {
        let refused = events.append(long().chain([taken.clone()]).collect()).await;
        assert!(
            matches!(refused, Err(RecordError::Conflict { .. })),
            "{refused:?}"
        );
        assert_eq!(events.max_record_id().await.expect("read").get(), before);
        let kept = events
            .append(long().collect())
            .await
            .expect("the append succeeds");
        assert_eq!(kept.last(), Some(RecordId::new(before + LONG)));
        let last = events.max_record_id().await.expect("read");
        assert_eq!(last.get(), before + LONG);
    }
}
