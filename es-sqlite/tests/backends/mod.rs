//! The store as the suite opens it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_testing::store::{Backend, Reach};
use tempfile::TempDir;

fn tables() -> Vec<Table> {
    vec![
        Table::stored_events(),
        Table::integer_sequenced_no_id(),
        Table::timestamp_sequenced(),
        Table::timestamp_sequenced_no_id(),
        Table::snapshots().named("with \"quotes\" and spaces"),
    ]
}

/// Databases in files of a directory that goes with this.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[async_trait]
impl Backend for Files {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let options = SqliteOptions::file(self.path(name));
        SqliteDatastore::open(options)
            .await?
            .record_manager(table)
            .await
    }

    fn tables(&self) -> Vec<Table> {
        tables()
    }

    fn reach(&self) -> Reach {
        Reach::Durable
    }
}

/// Databases in memory.
pub(crate) struct Memory;

#[async_trait]
impl Backend for Memory {
    async fn open(&self, _: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let options = SqliteOptions::memory();
        SqliteDatastore::open(options)
            .await?
            .record_manager(table)
            .await
    }

    fn tables(&self) -> Vec<Table> {
        tables()
    }
}
