use std::sync::Arc;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, Driver, OpenTables, RecordManager, StoreUri, Table};

use crate::database::Database;
use crate::{CassandraOptions, CassandraRecordManager};

es_core::inventory::submit! {
    Driver::new(&["cassandra"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> es_core::Result<Arc<dyn Datastore>> {
    let options = CassandraOptions::try_from(&uri)?;
    Ok(Arc::new(CassandraDatastore::open(options).await?))
}

/// A keyspace of a Cassandra cluster.
pub struct CassandraDatastore {
    database: Arc<Database>,
    tables: OpenTables<CassandraRecordManager>,
}

impl CassandraDatastore {
    /// Connects to a cluster. The keyspace may be absent: setting a table up makes it.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the server refuses the user or the password; [`RecordError::Unavailable`] where none
    /// of the nodes can be reached; [`RecordError::Schema`] where the keyspace's name is none.
    pub async fn open(options: CassandraOptions) -> Result<Self, RecordError> {
        Ok(Self {
            database: Arc::new(Database::open(options).await?),
            tables: OpenTables::default(),
        })
    }

    /// The record manager of one table. Its record ids are left out, for there are none: what reads by them, as a
    /// notification log does, is [`RecordError::Unsupported`].
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where the table is in use with other columns, or Cassandra cannot have a table or column of
    /// such a name.
    pub fn table(&self, table: Table) -> Result<Arc<CassandraRecordManager>, RecordError> {
        if table.record_id.is_some() {
            tracing::warn!(
                table = %table.name,
                "opened without the record ids that it was asked for: it cannot be followed by a notification log"
            );
        }
        let table = table.without_record_ids();
        let open = |table| CassandraRecordManager::open(self.database.clone(), table);
        self.tables.get(table, open)
    }
}

#[async_trait]
impl Datastore for CassandraDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        Ok(self.table(table)?)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.tables.close().await?;
        self.database.close();
        Ok(())
    }
}
