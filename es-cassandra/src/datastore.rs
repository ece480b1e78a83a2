use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::domain::Salt;
use es_core::infrastructure::application_sequence::{PositionedRecords, Positions};
use es_core::infrastructure::{
    BigArray, Datastore, Driver, EventStore, Mapper, OpenTables, PositionKind, RecordManager,
    StoreUri, Table,
};

use crate::database::Database;
use crate::position_index::TableIndex;
use crate::{CassandraOptions, CassandraRecordManager};

es_core::inventory::submit! {
    Driver::new(&["cassandra"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> es_core::Result<Arc<dyn Datastore>> {
    let options = CassandraOptions::try_from(&uri)?;
    Ok(Arc::new(CassandraDatastore::open(options).await?))
}

/// How many references one partition of an application sequence holds.
const ARRAY_SIZE: NonZeroU32 = NonZeroU32::new(10_000).expect("not 0");

/// A keyspace of a Cassandra cluster.
pub struct CassandraDatastore {
    database: Arc<Database>,
    tables: OpenTables<CassandraRecordManager>,
    positioned: OpenTables<PositionedRecords>,
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
            positioned: OpenTables::default(),
        })
    }

    /// The record manager of one table, without record ids: an append is one conditional statement, and nothing else.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where the table is in use with other columns, or Cassandra cannot have a table or column of
    /// such a name.
    pub fn table(&self, table: Table) -> Result<Arc<CassandraRecordManager>, RecordError> {
        let table = table.without_record_ids();
        let open = |table| CassandraRecordManager::open(self.database.clone(), table);
        self.tables.get(table, open)
    }

    /// The record manager of one table with record ids: the positions of references to its items in a big array. These are
    /// mapped and sealed as is said by who opens the table first.
    ///
    /// # Errors
    ///
    /// As [`table`](Self::table); and [`RecordError::Invalid`] where reads may miss what was written, by the consistency
    /// that is set.
    pub fn positioned(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<Arc<PositionedRecords>, RecordError> {
        self.database.options().check_overlap()?;
        let events = self.table(table.clone())?;
        let items = self.table(Table::integer_sequenced())?;
        let root = self.database.options().array_of(&table);
        let index = TableIndex::open(self.database.clone(), &table, root)?;
        self.positioned.get(table, |table| {
            let store = EventStore::new(items, mapper, salt);
            let array = BigArray::new(store, root, ARRAY_SIZE);
            let positions = Positions::new(array, Arc::new(index));
            PositionedRecords::new(table, events, positions)
        })
    }
}

#[async_trait]
impl Datastore for CassandraDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let salt = Salt::of_process().map_err(|error| RecordError::Backend {
            operation: "read the salt",
            source: error.into(),
        })?;
        self.records(table, Mapper::new(), salt)
    }

    async fn event_store(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<EventStore, RecordError> {
        let records = self.records(table, mapper.clone(), salt.clone())?;
        Ok(EventStore::new(records, mapper, salt))
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.positioned.close().await?;
        self.tables.close().await?;
        self.database.close();
        Ok(())
    }
}

impl CassandraDatastore {
    fn records(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<Arc<dyn RecordManager>, RecordError> {
        if table.record_id.is_none() {
            return Ok(self.table(table)?);
        }
        if table.position_kind == PositionKind::Integer {
            return Ok(self.positioned(table, mapper, salt)?);
        }
        tracing::warn!(
            table = %table.name,
            "opened without the record ids that it was asked for, as its positions are times: it cannot be followed by a \
             notification log"
        );
        Ok(self.table(table)?)
    }
}
