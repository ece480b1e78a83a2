//! The folder of a database for one test, and shorthands for calls.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_store::{
    Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    Topic,
};
use rusqlite::Connection;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) type Store = Arc<dyn RecordManager>;

/// A temporary folder for the database of a test.
pub(crate) struct TestFolder {
    directory: TempDir,
}

impl TestFolder {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("events.db")
    }

    /// Returns options with a short timeout, because no lock in these cases is released in time.
    pub(crate) fn options(&self) -> SqliteOptions {
        SqliteOptions::file(self.database()).with_timeout(Duration::from_millis(50))
    }

    /// Creates the table `stored_events`.
    pub(crate) async fn store(&self) -> Store {
        let store = self.table(Table::stored_events()).await;
        store.setup().await.expect("the table is created");
        store
    }

    pub(crate) async fn table(&self, table: Table) -> Store {
        let database = SqliteDatastore::open(self.options())
            .await
            .expect("the database opens");
        database
            .record_manager(table)
            .await
            .expect("the table opens")
    }

    /// Opens the connection of another program.
    pub(crate) fn foreign(&self) -> Connection {
        Connection::open(self.database()).expect("the database opens")
    }
}

pub(crate) fn item(sequence: u128, position: impl Into<Position>) -> SequencedItem {
    SequencedItem {
        sequence_id: Uuid::from_u128(sequence),
        position: position.into(),
        topic: Topic::new("World.Happened"),
        data: "{}".into(),
    }
}

pub(crate) async fn append(store: &Store, item: SequencedItem) -> Result<u64, RecordError> {
    let appended = store.append(vec![item].into()).await?;
    Ok(appended.last().map_or(0, RecordId::get))
}

pub(crate) async fn count(store: &Store, sequence: u128) -> usize {
    let items = store.items(ItemQuery::new(Uuid::from_u128(sequence))).await;
    items.expect("the sequence is read").len()
}

/// Returns the error with all its sources, as a log shows it.
pub(crate) fn error_text(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
