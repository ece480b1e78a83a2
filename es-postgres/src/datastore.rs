use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::Pool;
use es_sql::check_order;
use es_store::kit::OpenTables;
use es_store::{Datastore, Driver, RecordError, RecordManager, StoreUri, Table};

use crate::database::Database;
use crate::{PostgresOptions, PostgresRecordManager};

es_store::inventory::submit! {
    Driver::new(&["postgresql", "postgres"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> Result<Arc<dyn Datastore>, RecordError> {
    let options = PostgresOptions::try_from(&uri)?;
    Ok(Arc::new(PostgresDatastore::open(options).await?))
}

/// A database of a `PostgreSQL` server.
pub struct PostgresDatastore {
    database: Arc<Database>,
    owner: Owner,
    tables: OpenTables<PostgresRecordManager>,
}

/// Whose the pool is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Us,
    Caller,
}

impl PostgresDatastore {
    /// Opens a database: makes a pool, and a first connection, so that a wrong address is found out now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the server refuses the user, the password or the database;
    /// [`RecordError::Unavailable`] where it cannot be reached or has no connection left.
    pub async fn open(options: PostgresOptions) -> Result<Self, RecordError> {
        Ok(Self::over(Database::open(options).await?, Owner::Us))
    }

    /// Takes a pool that the program made itself, and shares it. Each table that is written takes one connection out of
    /// it for good. Followers are woken up by commits of this process, and look for those of others from time to time.
    #[must_use]
    pub fn from_pool(pool: Pool) -> Self {
        Self::over(Database::from_pool(pool), Owner::Caller)
    }

    fn over(database: Database, owner: Owner) -> Self {
        Self {
            database: Arc::new(database),
            owner,
            tables: OpenTables::default(),
        }
    }

    /// The record manager of one table, with what only this store has.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where the table is in use with other columns.
    pub fn table(&self, table: Table) -> Result<Arc<PostgresRecordManager>, RecordError> {
        check_order(&table)?;
        let open = |table| Ok(PostgresRecordManager::open(self.database.clone(), table));
        self.tables.get(table, open)
    }
}

#[async_trait]
impl Datastore for PostgresDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        Ok(self.table(table)?)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.tables.close().await?;
        if self.owner == Owner::Us {
            self.database.close();
        }
        Ok(())
    }
}
