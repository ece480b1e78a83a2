//! What the server, the network and other programs do, and what the store makes of it.

mod backends;

use std::process::ExitCode;
use std::time::Duration;

use es_core::RecordError;
use es_core::infrastructure::{Datastore, ItemQuery, RecordId, RecordManager, Table};
use es_core::projection::ReadModel;
use es_mysql::mysql_async::Pool;
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::{MysqlDatastore, MysqlOptions, MysqlReadModel};
use es_testing::own_cases;
use es_testing::store::servers::Suite;
use uuid::Uuid;

use backends::{Mysql, connect, item, server_of};

fn main() -> ExitCode {
    Suite::of(Mysql).server(own_cases![
        a_pool_that_is_passed_in_is_shared_and_left_open,
        a_text_that_is_too_long_fails_alone_until_the_table_is_migrated,
        a_table_of_django_is_used_as_it_is,
        a_connection_is_used_again_and_again,
        a_future_that_is_dropped_leaves_no_transaction_in_the_pool,
    ])
}

fn options(database: &str) -> MysqlOptions {
    MysqlOptions::new(server_of(database).into()).with_connections(2)
}

async fn a_pool_that_is_passed_in_is_shared_and_left_open(database: String) {
    let pool = Pool::new(server_of(&database));
    let store = MysqlDatastore::from_pool(pool.clone());
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
        .append(vec![item(Uuid::new_v4(), 0)])
        .await
        .expect("kept");
    store.close().await.expect("closed");
    let mut connection = pool.get_conn().await.expect("it is the caller's");
    let count = connection
        .query_first("SELECT COUNT(*) FROM stored_events")
        .await;
    assert_eq!(count.expect("counted"), Some(1));
}

/// The tables that Python makes hold 64 KiB, until they are migrated.
async fn a_text_that_is_too_long_fails_alone_until_the_table_is_migrated(database: String) {
    let make = "CREATE TABLE stored_events (id BIGINT NOT NULL AUTO_INCREMENT, originator_id BINARY(16) NOT NULL, \
                originator_version BIGINT NOT NULL, event_type TEXT NOT NULL, state TEXT, PRIMARY KEY (id)); CREATE UNIQUE \
                INDEX k ON stored_events (originator_id, originator_version)";
    let mut connection = connect(server_of(&database)).await.expect("a server");
    connection.query_drop(make).await.expect("made");
    let store = MysqlDatastore::open(options(&database))
        .await
        .expect("opened");
    let events = store.table(Table::stored_events()).expect("a table");
    events.setup().await.expect("it fits");
    let mut long = item(Uuid::new_v4(), 0);
    long.data = "x".repeat(70_000).into();
    let (refused, good) = tokio::join!(
        events.append(vec![long.clone()]),
        events.append(vec![item(Uuid::new_v4(), 0)])
    );
    assert!(
        matches!(refused, Err(RecordError::Invalid { .. })),
        "{refused:?}"
    );
    assert_eq!(good.expect("kept").last(), Some(RecordId::new(1)));
    for _ in 0..2 {
        assert_eq!(events.migrate().await.expect("migrated"), 2);
    }
    let kept = events.append(vec![long.clone()]).await.expect("kept");
    assert_eq!(kept.last(), Some(RecordId::new(2)));
    let stored = events.items(ItemQuery::new(long.sequence_id)).await;
    assert_eq!(stored.expect("read"), [long]);
}

async fn a_table_of_django_is_used_as_it_is(database: String) {
    let make = "CREATE TABLE stored_events (id bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, originator_id char(32) NOT NULL, \
                originator_version bigint NOT NULL, event_type longtext NOT NULL, state longtext NOT NULL, UNIQUE KEY \
                stored_events_originator_id_originator_version_49cda8b2_uniq (originator_id, originator_version)) \
                CHARSET=utf8mb4; INSERT INTO stored_events VALUES (1, 'b81d160dd7ef45aba629c7278082a845', 0, \
                'World.Happened', '{\"n\":0}')";
    let mut connection = connect(server_of(&database)).await.expect("a server");
    connection.query_drop(make).await.expect("made");
    let store = MysqlDatastore::open(options(&database))
        .await
        .expect("opened");
    let events = store
        .record_manager(Table::stored_events())
        .await
        .expect("a table");
    events.setup().await.expect("it fits");
    let id = Uuid::from_u128(0xb81d_160d_d7ef_45ab_a629_c727_8082_a845);
    assert_eq!(
        events.items(ItemQuery::new(id)).await.expect("read"),
        [item(id, 0)]
    );
    let conflict = events.append(vec![item(id, 0)]).await;
    assert!(
        matches!(conflict, Err(RecordError::Conflict { .. })),
        "{conflict:?}"
    );
    let appended = events.append(vec![item(id, 1)]).await.expect("kept");
    assert_eq!(appended.last(), Some(RecordId::new(2)));
    assert_eq!(events.sequence_ids(None, 10).await.expect("read"), [id]);
    let digits: Option<String> = connection
        .query_first("SELECT originator_id FROM stored_events WHERE id = 2")
        .await
        .expect("read");
    assert_eq!(digits.as_deref(), Some("b81d160dd7ef45aba629c7278082a845"));
}

/// The ids of the connections to a database.
async fn connections(database: &str) -> Vec<u64> {
    let server = server_of("information_schema");
    let mut admin = connect(server).await.expect("a server");
    let sql = "SELECT id FROM processlist WHERE db = ? ORDER BY id";
    admin.exec(sql, (database,)).await.expect("listed")
}

async fn a_connection_is_used_again_and_again(database: String) {
    let store = MysqlDatastore::open(options(&database))
        .await
        .expect("opened");
    let first = connections(&database).await;
    assert_eq!(first.len(), 1);
    let events = store.table(Table::stored_events()).expect("a table");
    let id = Uuid::new_v4();
    for _ in 0..2 {
        events.setup().await.expect("made");
        events.migrate().await.expect("migrated");
        events.items(ItemQuery::new(id)).await.expect("read");
        let deleted = events.delete_record(id, 0.into()).await;
        assert!(!deleted.expect("there is none"));
        events.truncate().await.expect("emptied");
    }
    assert_eq!(connections(&database).await, first);
}

/// Drops the future of a transaction's begin, or of a setup, at each of its first awaits: the next user of a connection
/// commits by itself.
async fn a_future_that_is_dropped_leaves_no_transaction_in_the_pool(database: String) {
    let model = MysqlReadModel::open(options(&database).with_connections(1)).await;
    let model = model.expect("opened");
    let mut witness = connect(server_of(&database)).await.expect("a server");
    let make = "CREATE TABLE seen (n BIGINT)";
    witness.query_drop(make).await.expect("made");
    for polls in 0..40 {
        if polls % 2 == 0 {
            polled(polls / 2, model.begin()).await;
        } else {
            polled(polls / 2, model.setup()).await;
        }
        let mut connection = model.connection().await.expect("a connection");
        let insert = format!("INSERT INTO seen VALUES ({polls})");
        connection.query_drop(insert).await.expect("inserted");
        connection.keep();
        let count = witness.query_first("SELECT COUNT(*) FROM seen").await;
        assert_eq!(count.expect("counted"), Some(polls + 1));
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
