//! Cases of `MySQL` and `MariaDB` only.

use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::{MysqlDatastore, MysqlOptions};
use es_store::{ItemQuery, RecordError, RecordId, RecordManager, Table, TableAdministration};
use es_testing::own_cases;
use es_testing::store::servers::OwnCase;
use uuid::Uuid;

use crate::server::{connect, item, server_of};

pub(crate) const CASES: &[OwnCase] = own_cases![
    a_text_that_is_too_long_fails_alone_until_the_table_is_migrated,
    a_connection_is_reused,
];

fn options(database: &str) -> MysqlOptions {
    MysqlOptions::new(server_of(database).into()).with_connections(2)
}

/// Python's tables hold texts of 64 KiB until they are migrated.
async fn a_text_that_is_too_long_fails_alone_until_the_table_is_migrated(database: String) {
    let make = "CREATE TABLE stored_events (id BIGINT NOT NULL AUTO_INCREMENT, originator_id BINARY(16) NOT NULL, \
                originator_version BIGINT NOT NULL, event_type TEXT NOT NULL, state TEXT, PRIMARY KEY (id)); CREATE UNIQUE \
                INDEX k ON stored_events (originator_id, originator_version)";
    let mut connection = connect(server_of(&database))
        .await
        .expect("the server accepts the connection");
    connection.query_drop(make).await.expect("created");
    let store = MysqlDatastore::open(options(&database))
        .await
        .expect("opened");
    let events = store
        .table(Table::stored_events())
        .expect("the table opens");
    events
        .setup()
        .await
        .expect("the table has the expected schema");
    let mut long = item(Uuid::new_v4(), 0);
    long.data = "x".repeat(70_000).into();
    let (refused, good) = tokio::join!(
        events.append(vec![long.clone()].into()),
        events.append(vec![item(Uuid::new_v4(), 0)].into())
    );
    assert!(
        matches!(refused, Err(RecordError::Invalid { .. })),
        "{refused:?}"
    );
    assert_eq!(
        good.expect("the append succeeds").last(),
        Some(RecordId::new(1))
    );
    for _ in 0..2 {
        assert_eq!(events.migrate().await.expect("migrated"), 2);
    }
    let kept = events
        .append(vec![long.clone()].into())
        .await
        .expect("the append succeeds");
    assert_eq!(kept.last(), Some(RecordId::new(2)));
    let stored = events.items(ItemQuery::new(long.sequence_id)).await;
    assert_eq!(stored.expect("read"), [long]);
}

/// Returns the ids of the connections to a database.
async fn connections(database: &str) -> Vec<u64> {
    let server = server_of("information_schema");
    let mut admin = connect(server)
        .await
        .expect("the server accepts the connection");
    let sql = "SELECT id FROM processlist WHERE db = ? ORDER BY id";
    admin.exec(sql, (database,)).await.expect("listed")
}

async fn a_connection_is_reused(database: String) {
    let store = MysqlDatastore::open(options(&database))
        .await
        .expect("opened");
    let first = connections(&database).await;
    assert_eq!(first.len(), 1);
    let events = store
        .table(Table::stored_events())
        .expect("the table opens");
    let id = Uuid::new_v4();
    for _ in 0..2 {
        events.setup().await.expect("created");
        events.migrate().await.expect("migrated");
        events.items(ItemQuery::new(id)).await.expect("read");
        let deleted = events.delete_record(id, 0.into()).await;
        assert!(!deleted.expect("there is none"));
        events.truncate().await.expect("emptied");
    }
    assert_eq!(connections(&database).await, first);
}
