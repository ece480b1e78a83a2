//! The store keeps the contract, in files and in memory.

mod backends;

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use backends::{Files, tables};
use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_store::{Datastore, RecordError, RecordManager, Table};
use es_testing::store::{Backend, contract};
use libtest_mimic::Arguments;

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

fn main() -> ExitCode {
    let directory = tempfile::tempdir().expect("a directory");
    let files: Arc<dyn Backend> = Arc::new(Files::within(directory.path()));
    let memory: Arc<dyn Backend> = Arc::new(Memory);
    let mut trials = contract("file", &files);
    trials.extend(contract("memory", &memory));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
