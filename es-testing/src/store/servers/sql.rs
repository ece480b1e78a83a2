//! Cases of stores on SQL servers: the caller's pools, migrations, and tables of Django.

use std::sync::Arc;

use async_trait::async_trait;
use es_store::{
    BoxError, Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem,
    Table, Topic,
};
use uuid::Uuid;

use super::server_case::{ServerFixture, server_cases};
use super::{Opening, Server};
use crate::store::case::Verdict;

/// An SQL server.
#[async_trait]
pub trait SqlServer: Server {
    /// Opens a caller's pool in a database, and the store over that pool.
    async fn pool(&self, database: &str) -> Result<Box<dyn SqlPool>, BoxError>;

    /// Migrates the table of the stored events and returns the number of its newest migration.
    async fn migrate(&self, database: &str) -> Result<usize, RecordError>;

    /// Creates a table as Django does, with an item of [`django_item`] at position 0, and returns
    /// its description.
    async fn create_django_table(&self, database: &str) -> Result<Table, BoxError>;

    /// Checks the columns of the row that the store appended at position 1.
    async fn check_django_row(&self, database: &str) -> Result<(), BoxError> {
        let _ = database;
        Ok(())
    }
}

/// A pool of connections that the program shares with the store.
#[async_trait]
pub trait SqlPool: Send + Sync {
    /// Returns the store over the pool.
    fn store(&self) -> Arc<dyn Datastore>;

    /// Counts the rows of a table by a connection of the pool.
    async fn count(&self, table: &str) -> Result<i64, BoxError>;
}

/// Returns the item at a position of the only sequence in Django's table.
#[must_use]
pub fn django_item(position: i64) -> SequencedItem {
    item(
        Uuid::from_u128(0xb81d_160d_d7ef_45ab_a629_c727_8082_a845),
        position,
    )
}

fn item(sequence_id: Uuid, position: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(position),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{position}}}").into(),
    }
}

server_cases![dyn SqlServer:
    a_pool_of_the_program_is_shared_and_left_open,
    migrating_twice_changes_nothing,
    a_django_table_is_used_unchanged,
];

type Fixture = ServerFixture<dyn SqlServer>;

impl Fixture {
    async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        let database = self.server.open(&self.database, &Opening::default()).await;
        let records = database.expect("opened").record_manager(table).await;
        records.expect("the table opens")
    }
}

async fn a_pool_of_the_program_is_shared_and_left_open(fixture: Fixture) -> Verdict {
    let pool = fixture
        .server
        .pool(&fixture.database)
        .await
        .expect("the pool opens");
    let store = pool.store();
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("the table opens");
    events.setup().await.expect("the table is created");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    appended.expect("the append succeeds");
    store.close().await.expect("closed");
    let count = pool.count("stored_events").await;
    assert_eq!(count.expect("the program's pool is open"), 1);
    Ok(())
}

async fn migrating_twice_changes_nothing(fixture: Fixture) -> Verdict {
    let missing = fixture.server.migrate(&fixture.database).await;
    assert!(
        matches!(missing, Err(RecordError::Schema { .. })),
        "{missing:?}"
    );
    let events = fixture.table(Table::stored_events()).await;
    events.setup().await.expect("the table is created");
    let newest = fixture
        .server
        .migrate(&fixture.database)
        .await
        .expect("migrated");
    let again = fixture
        .server
        .migrate(&fixture.database)
        .await
        .expect("migrated");
    assert_eq!(again, newest);
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    appended.expect("the append succeeds");
    Ok(())
}

async fn a_django_table_is_used_unchanged(fixture: Fixture) -> Verdict {
    let table = fixture.server.create_django_table(&fixture.database).await;
    let table = table.expect("the table is created");
    let records = fixture.table(table.clone()).await;
    records.setup().await.expect("the table fits");
    let id = django_item(0).sequence_id;
    let stored = records.items(ItemQuery::new(id)).await.expect("read");
    assert_eq!(stored, [django_item(0)]);
    let appended = records.append(vec![django_item(1)].into()).await;
    let appended = appended.expect("the append succeeds");
    if table.record_id.is_some() {
        assert_eq!(appended.last(), Some(RecordId::new(2)));
    }
    for taken in [0, 1] {
        let conflict = records.append(vec![django_item(taken)].into()).await;
        assert!(
            matches!(conflict, Err(RecordError::Conflict { .. })),
            "{conflict:?}"
        );
    }
    assert_eq!(records.sequence_ids(None, 10).await.expect("read"), [id]);
    let stored = records.items(ItemQuery::new(id)).await.expect("read");
    assert_eq!(stored, [django_item(0), django_item(1)]);
    let checked = fixture.server.check_django_row(&fixture.database).await;
    checked.expect("the row is read");
    Ok(())
}
