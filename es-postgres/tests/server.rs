//! What the server, the network and other programs do, and what the store makes of it.

mod backends;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use es_core::RecordError;
use es_core::infrastructure::{Datastore, ItemQuery, RecordId, RecordManager, Table};
use es_core::projection::ReadModel;
use es_postgres::tokio_postgres::NoTls;
use es_postgres::{PostgresDatastore, PostgresOptions, PostgresReadModel, deadpool_postgres};
use es_testing::own_cases;
use es_testing::store::servers::Suite;
use tokio::time::timeout;
use uuid::Uuid;

use backends::{Postgres, config_of, connect, item};

fn main() -> ExitCode {
    Suite::of(Postgres).server(own_cases![
        a_pool_that_is_passed_in_is_shared_and_left_open,
        a_follower_is_woken_by_a_commit_of_another_process,
        a_text_that_cannot_be_kept_fails_alone,
        an_append_of_several_statements_is_kept_as_a_whole_or_not_at_all,
        migrating_twice_changes_nothing,
        a_table_of_django_is_used_as_it_is,
        a_future_that_is_dropped_leaves_no_transaction_in_the_pool,
    ])
}

fn options(schema: &str) -> PostgresOptions {
    PostgresOptions::new(config_of(schema)).with_connections(2)
}

/// A new handle on the table of events, which is there.
async fn events(schema: &str) -> Arc<dyn RecordManager> {
    let database = PostgresDatastore::open(options(schema)).await;
    let database = database.expect("opened");
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
}

async fn a_pool_that_is_passed_in_is_shared_and_left_open(schema: String) {
    let manager = deadpool_postgres::Manager::new(config_of(&schema), NoTls);
    let pool = deadpool_postgres::Pool::builder(manager)
        .max_size(2)
        .build();
    let pool = pool.expect("a pool");
    let database = PostgresDatastore::from_pool(pool.clone());
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
    database.close().await.expect("closed");
    let client = pool.get().await.expect("it is the caller's");
    let count = client
        .query_one("SELECT count(*) FROM stored_events", &[])
        .await;
    assert_eq!(count.expect("counted").get::<_, i64>(0), 1);
}

async fn a_follower_is_woken_by_a_commit_of_another_process(schema: String) {
    const FOREVER: Duration = Duration::from_secs(600);
    const LONG: Duration = Duration::from_secs(60);
    let (writer, follower) = (events(&schema).await, events(&schema).await);
    let mut wake_up = follower.wake_up();
    // It is woken when it has begun to listen.
    wake_up.wait(FOREVER).await;
    for n in 0..3 {
        writer
            .append(vec![item(Uuid::new_v4(), 0)])
            .await
            .expect("kept");
        timeout(LONG, wake_up.wait(FOREVER))
            .await
            .expect("it is woken");
        assert_eq!(follower.max_record_id().await.expect("read").get(), n + 1);
    }
}

async fn a_text_that_cannot_be_kept_fails_alone(schema: String) {
    let events = events(&schema).await;
    let mut bad = item(Uuid::new_v4(), 0);
    bad.data = "NUL \0".into();
    let (bad, good) = tokio::join!(
        events.append(vec![bad]),
        events.append(vec![item(Uuid::new_v4(), 0)])
    );
    assert!(matches!(bad, Err(RecordError::Invalid { .. })), "{bad:?}");
    assert_eq!(good.expect("kept").last(), Some(RecordId::new(1)));
}

async fn an_append_of_several_statements_is_kept_as_a_whole_or_not_at_all(schema: String) {
    /// What three statements take.
    const LONG: u64 = 25_000;
    let events = events(&schema).await;
    let taken = item(Uuid::new_v4(), 0);
    events.append(vec![taken.clone()]).await.expect("kept");
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
        let kept = events.append(long().collect()).await.expect("kept");
        assert_eq!(kept.last(), Some(RecordId::new(before + LONG)));
        let last = events.max_record_id().await.expect("read");
        assert_eq!(last.get(), before + LONG);
    }
}

async fn migrating_twice_changes_nothing(schema: String) {
    let database = PostgresDatastore::open(options(&schema))
        .await
        .expect("opened");
    let events = database.table(Table::stored_events()).expect("a table");
    let missing = events.migrate().await;
    assert!(
        matches!(missing, Err(RecordError::Schema { .. })),
        "{missing:?}"
    );
    events.setup().await.expect("made");
    let newest = events.migrate().await.expect("migrated");
    assert_eq!(events.migrate().await.expect("migrated"), newest);
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
}

async fn a_table_of_django_is_used_as_it_is(schema: String) {
    let make = "CREATE TABLE snapshots (id bigserial PRIMARY KEY, sequence_id uuid NOT NULL, position bigint NOT NULL, topic \
                text NOT NULL, data text NOT NULL, CONSTRAINT snapshots_sequence_id_position_a228c0bf_uniq UNIQUE \
                (sequence_id, position))";
    connect(&config_of(&schema))
        .await
        .expect("a server")
        .batch_execute(make)
        .await
        .expect("made");
    let database = PostgresDatastore::open(options(&schema))
        .await
        .expect("opened");
    let snapshots = database
        .record_manager(Table::snapshots())
        .await
        .expect("a table");
    snapshots.setup().await.expect("it fits");
    let id = Uuid::new_v4();
    snapshots
        .append(vec![item(id, 0), item(id, 1)])
        .await
        .expect("kept");
    let conflict = snapshots.append(vec![item(id, 1)]).await;
    assert!(
        matches!(conflict, Err(RecordError::Conflict { .. })),
        "{conflict:?}"
    );
    let stored = snapshots.items(ItemQuery::new(id)).await.expect("read");
    assert_eq!(stored, [item(id, 0), item(id, 1)]);
}

/// Drops the future of a transaction's begin, or of a setup, at each of its first awaits: the next user of a connection
/// commits by itself.
async fn a_future_that_is_dropped_leaves_no_transaction_in_the_pool(schema: String) {
    let model = PostgresReadModel::open(options(&schema).with_connections(1)).await;
    let model = model.expect("opened");
    let witness = connect(&config_of(&schema)).await.expect("a server");
    let make = "CREATE TABLE seen (n BIGINT)";
    witness.batch_execute(make).await.expect("made");
    for polls in 0..40 {
        if polls % 2 == 0 {
            polled(polls / 2, model.begin()).await;
        } else {
            polled(polls / 2, model.setup()).await;
        }
        let client = model.connection().await.expect("a connection");
        let insert = "INSERT INTO seen VALUES ($1)";
        client.execute(insert, &[&polls]).await.expect("inserted");
        let count = witness.query_one("SELECT count(*) FROM seen", &[]).await;
        assert_eq!(count.expect("counted").get::<_, i64>(0), polls + 1);
    }
}

/// Polls a future some times, with time for the server to answer, and drops it.
async fn polled(times: i64, future: impl Future) {
    let mut future = std::pin::pin!(future);
    for _ in 0..times {
        let poll = std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_ready())
        });
        if poll.await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
