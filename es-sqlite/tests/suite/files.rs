//! Databases in files for the contract and the torture test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_store::{Datastore, RecordError, RecordManager, Table};
use es_testing::store::{Backend, Reach};
use rusqlite::{ErrorCode, TransactionBehavior};

/// Returns one table of each shape, one of them with a name that needs quotes.
pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::stored_events(),
        Table::integer_sequenced_no_id(),
        Table::timestamp_sequenced(),
        Table::timestamp_sequenced_no_id(),
        Table::snapshots().named("with \"quotes\" and spaces"),
    ]
}

/// Databases in files of one directory.
pub(crate) struct Files {
    directory: PathBuf,
}

impl Files {
    pub(crate) fn within(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }
}

#[async_trait]
impl Backend for Files {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let options = SqliteOptions::file(self.directory.join(name));
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

    /// Writes as a program that does not take the store's lock, waits, and rolls back.
    async fn disturb(&self, name: &str, table: &Table, how_long: Duration) {
        let path = self.directory.join(name);
        let insert = format!(
            "INSERT INTO {0} SELECT max({1}) + 1, randomblob(16), 0, 'foreign', '' FROM {0}",
            table.name,
            table.record_id.as_deref().expect("a table with record ids")
        );
        let disturb = move || -> rusqlite::Result<()> {
            let mut connection = rusqlite::Connection::open(path)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(&insert, [])?;
            std::thread::sleep(how_long);
            transaction.rollback()
        };
        match tokio::task::spawn_blocking(disturb)
            .await
            .expect("no panic")
        {
            Ok(()) => {}
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            Err(error) => panic!("{error}"),
        }
    }
}
