use std::sync::Arc;

use async_trait::async_trait;
use es_sql::check_order;
use es_store::kit::OpenTables;
use es_store::{Datastore, Driver, RecordError, RecordManager, StoreUri, Table};
use rusqlite::Connection;
use tokio::task;

use crate::database::Database;
use crate::{SqliteOptions, SqliteRecordManager};

es_store::inventory::submit! {
    Driver::new(&["sqlite"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> Result<Arc<dyn Datastore>, RecordError> {
    let options = SqliteOptions::try_from(&uri)?;
    Ok(Arc::new(SqliteDatastore::open(options).await?))
}

/// A database, in a file or in memory.
pub struct SqliteDatastore {
    database: Arc<Database>,
    tables: OpenTables<SqliteRecordManager>,
}

impl SqliteDatastore {
    /// Opens a database, in WAL mode and with commits that are on the disk before they are answered.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the file cannot be opened or is no database; [`RecordError::Unavailable`] where
    /// another program keeps it locked.
    pub async fn open(options: SqliteOptions) -> Result<Self, RecordError> {
        let opened = task::spawn_blocking(move || Database::open(&options)).await;
        let database = opened.map_err(|error| RecordError::Backend {
            operation: "open the database",
            source: error.into(),
        })??;
        Ok(Self::over(database))
    }

    /// Takes a connection that the program made itself: one with a key, with extensions, or to a database in memory that
    /// is filled already. It reads and writes, one call at a time, and its settings stay as they are: what is durable is
    /// up to them.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the file of the connection is gone.
    pub fn from_connection(connection: Connection) -> Result<Self, RecordError> {
        let patience = SqliteOptions::memory().patience;
        Database::from_connection(connection, patience).map(Self::over)
    }

    fn over(database: Database) -> Self {
        Self {
            database: Arc::new(database),
            tables: OpenTables::default(),
        }
    }
}

#[async_trait]
impl Datastore for SqliteDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        check_order(&table)?;
        let open = |table| SqliteRecordManager::open(self.database.clone(), table);
        Ok(self.tables.get(table, open)?)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.tables.close().await?;
        let database = self.database.clone();
        let closed = task::spawn_blocking(move || database.close()).await;
        closed.map_err(|error| RecordError::Backend {
            operation: "close the database",
            source: error.into(),
        })
    }
}
