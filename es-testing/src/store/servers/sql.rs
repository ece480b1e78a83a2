//! Cases of stores on servers that speak SQL: pools of the program, migrations, tables of Django.

use std::sync::Arc;

use async_trait::async_trait;
use es_store::{
    BoxError, Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem,
    Table, Topic,
};
use libtest_mimic::Trial;
use uuid::Uuid;

use super::{Databases, Opening, Server};
use crate::store::case::{Check, Verdict, run};

/// A server that speaks SQL.
#[async_trait]
pub trait SqlServer: Server {
    /// Opens a pool of the program in a database, and the store over that pool.
    async fn pool(&self, database: &str) -> Result<Box<dyn SqlPool>, BoxError>;

    /// Migrates the table of the stored events and returns the number of its newest migration.
    async fn migrate(&self, database: &str) -> Result<usize, RecordError>;

    /// Creates a table as Django does, with an item of [`django_item`] at position 0, and returns its description.
    async fn create_django_table(&self, database: &str) -> Result<Table, BoxError>;

    /// Checks the form of the row with the item at position 1, which the store appended.
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

type Case = (&'static str, fn(OnServer) -> Check);

/// A case for each function, named after it.
macro_rules! cases {
    ($($promise:ident),* $(,)?) => {
        const CASES: &[Case] = &[$((stringify!($promise), |on| Box::pin($promise(on)))),*];
    };
}

cases![
    a_pool_that_is_passed_in_is_shared_and_left_open,
    migrating_twice_changes_nothing,
    a_table_of_django_is_used_as_it_is,
];

pub(super) fn trials(
    server: &Arc<dyn SqlServer>,
    databases: &Arc<Databases>,
    group: &str,
) -> Vec<Trial> {
    let trial = |(promise, check): &Case| {
        let name = format!("{group}::{promise}");
        let (server, databases, check) = (server.clone(), databases.clone(), *check);
        let checking = async move {
            let database = databases.new_one().await;
            check(OnServer { server, database }).await
        };
        Trial::ignorable_test(name, move || run(checking))
    };
    CASES.iter().map(trial).collect()
}

/// A new database on the server.
struct OnServer {
    server: Arc<dyn SqlServer>,
    database: String,
}

impl OnServer {
    async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        let database = self.server.open(&self.database, &Opening::default()).await;
        let records = database.expect("opened").record_manager(table).await;
        records.expect("a table")
    }
}

async fn a_pool_that_is_passed_in_is_shared_and_left_open(on: OnServer) -> Verdict {
    let pool = on.server.pool(&on.database).await.expect("a pool");
    let store = pool.store();
    let events = store.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    appended.expect("kept");
    store.close().await.expect("closed");
    let count = pool.count("stored_events").await;
    assert_eq!(count.expect("the pool is the program's"), 1);
    Ok(())
}

async fn migrating_twice_changes_nothing(on: OnServer) -> Verdict {
    let missing = on.server.migrate(&on.database).await;
    assert!(
        matches!(missing, Err(RecordError::Schema { .. })),
        "{missing:?}"
    );
    let events = on.table(Table::stored_events()).await;
    events.setup().await.expect("made");
    let newest = on.server.migrate(&on.database).await.expect("migrated");
    let again = on.server.migrate(&on.database).await.expect("migrated");
    assert_eq!(again, newest);
    let appended = events.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    appended.expect("kept");
    Ok(())
}

async fn a_table_of_django_is_used_as_it_is(on: OnServer) -> Verdict {
    let table = on.server.create_django_table(&on.database).await;
    let table = table.expect("made");
    let records = on.table(table.clone()).await;
    records.setup().await.expect("it fits");
    let id = django_item(0).sequence_id;
    let stored = records.items(ItemQuery::new(id)).await.expect("read");
    assert_eq!(stored, [django_item(0)]);
    let appended = records.append(vec![django_item(1)].into()).await;
    let appended = appended.expect("kept");
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
    let checked = on.server.check_django_row(&on.database).await;
    checked.expect("the row is read");
    Ok(())
}
