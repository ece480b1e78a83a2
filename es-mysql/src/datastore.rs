use std::sync::Arc;

use async_trait::async_trait;
use es_sql::check_order;
use es_store::kit::OpenTables;
use es_store::{Datastore, Driver, RecordError, RecordManager, StoreUri, Table};
use mysql_async::Pool;

use crate::database::Database;
use crate::{MysqlOptions, MysqlRecordManager};

es_store::inventory::submit! {
    Driver::new(&["mysql", "mariadb"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> Result<Arc<dyn Datastore>, RecordError> {
    let options = MysqlOptions::try_from(&uri)?;
    Ok(Arc::new(MysqlDatastore::open(options).await?))
}

/// A database of a `MySQL` or `MariaDB` server.
pub struct MysqlDatastore {
    database: Arc<Database>,
    owner: Owner,
    tables: OpenTables<MysqlRecordManager>,
}

/// Whose the pool is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Us,
    Caller,
}

impl MysqlDatastore {
    /// Opens a database: makes a pool, and a first connection, so that a wrong address is found out now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the server refuses the user, the password or the database;
    /// [`RecordError::Unavailable`] where it cannot be reached or has no connection left.
    pub async fn open(options: MysqlOptions) -> Result<Self, RecordError> {
        Ok(Self::over(Database::open(options).await?, Owner::Us))
    }

    /// Takes a pool that the program made itself, and shares it. Each table that is written has one connection more, made
    /// with the pool's options.
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
    pub fn table(&self, table: Table) -> Result<Arc<MysqlRecordManager>, RecordError> {
        check_order(&table)?;
        let open = |table| Ok(MysqlRecordManager::open(self.database.clone(), table));
        self.tables.get(table, open)
    }
}

#[async_trait]
impl Datastore for MysqlDatastore {
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
