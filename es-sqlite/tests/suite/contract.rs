//! The contract on files and in memory.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_store::{Datastore, RecordError, RecordManager, Table};
use es_testing::store::{Backend, contract};
use libtest_mimic::Trial;

use crate::files::{Files, tables};

/// Databases in memory.
struct Memory;

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

pub(crate) fn trials(directory: &Path) -> Vec<Trial> {
    let files: Arc<dyn Backend> = Arc::new(Files::within(directory));
    let memory: Arc<dyn Backend> = Arc::new(Memory);
    let mut trials = contract("contract::file", &files);
    trials.extend(contract("contract::memory", &memory));
    trials
}
