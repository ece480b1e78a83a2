//! Cases of `PostgreSQL` only.

use std::sync::Arc;
use std::time::Duration;

use es_postgres::{PostgresDatastore, PostgresOptions, PostgresReadModel};
use es_store::read_model::ReadModel;
use es_store::{Datastore, RecordError, RecordId, RecordManager, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, poll_and_drop};
use tokio::time::timeout;
use uuid::Uuid;

use crate::server::{config_of, connect, item};

pub(crate) const CASES: &[OwnCase] = own_cases![
    a_follower_is_woken_by_a_commit_of_another_process,
    a_text_that_cannot_be_stored_fails_alone,
    a_future_that_is_dropped_leaves_no_transaction_in_the_pool,
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

/// Drops the future of a transaction's begin, or of a setup, at each of its first awaits: the next
/// user of a connection commits by itself.
async fn a_future_that_is_dropped_leaves_no_transaction_in_the_pool(schema: String) {
    let model = PostgresReadModel::open(options(&schema).with_connections(1)).await;
    let model = model.expect("opened");
    let witness = connect(&config_of(&schema))
        .await
        .expect("the server accepts the connection");
    let make = "CREATE TABLE seen (n BIGINT)";
    witness.batch_execute(make).await.expect("created");
    for n in 0..40_i64 {
        let polls = usize::try_from(n / 2).expect("small");
        if n % 2 == 0 {
            poll_and_drop(polls, model.begin()).await;
        } else {
            poll_and_drop(polls, model.setup()).await;
        }
        let client = model.connection().await.expect("a connection");
        let insert = "INSERT INTO seen VALUES ($1)";
        client.execute(insert, &[&n]).await.expect("inserted");
        let count = witness.query_one("SELECT count(*) FROM seen", &[]).await;
        assert_eq!(count.expect("counted").get::<_, i64>(0), n + 1);
    }
}
