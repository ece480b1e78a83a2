//! A keyspace as a datastore: opens tables, with or without record ids.

use std::any::Any;
use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use es_core::domain::Salt;
use es_core::event_store::{EventStore, EventStoreOpener, Mapper, Opening};
use es_store::kit::OpenTables;
use es_store::{Datastore, Driver, PositionKind, RecordError, RecordManager, StoreUri, Table};
use es_structures::BigArray;
use es_structures::application_sequence::{PositionedRecords, Positions};
use uuid::Uuid;

use crate::database::Database;
use crate::position_index::TableIndex;
use crate::{CassandraOptions, CassandraRecordManager, consistency};

es_store::inventory::submit! {
    Driver::new(&["cassandra"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> Result<Arc<dyn Datastore>, RecordError> {
    let options = CassandraOptions::try_from(&uri)?;
    Ok(Arc::new(CassandraDatastore::open(options).await?))
}

/// Number of references in one partition of an application sequence.
const ARRAY_SIZE: NonZeroU32 = NonZeroU32::new(10_000).expect("not 0");

/// A keyspace of a Cassandra cluster.
pub struct CassandraDatastore {
    database: Arc<Database>,
    tables: OpenTables<CassandraRecordManager>,
    positioned: OpenTables<PositionedRecords>,
    /// The name of the table that uses the array of the option `application_sequence`.
    configured_table: OnceLock<Cow<'static, str>>,
}

impl CassandraDatastore {
    /// Connects to a cluster. The keyspace may be absent; the setup of a table creates it.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the server refuses the user or the password;
    /// [`RecordError::Unavailable`] if no node can be reached; [`RecordError::Schema`] if the name
    /// of the keyspace is invalid.
    pub async fn open(options: CassandraOptions) -> Result<Self, RecordError> {
        Ok(Self {
            database: Arc::new(Database::open(options).await?),
            tables: OpenTables::default(),
            positioned: OpenTables::default(),
            configured_table: OnceLock::new(),
        })
    }

    /// Opens a table without record ids. An append is then one conditional statement.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] if the table is already open with other columns, or its name is
    /// invalid on Cassandra.
    pub fn table(&self, table: Table) -> Result<Arc<CassandraRecordManager>, RecordError> {
        let table = table.without_record_ids();
        let open = |table| CassandraRecordManager::open(self.database.clone(), table);
        self.tables.get(table, open)
    }

    /// Opens a table with record ids, which are positions of references in a big array. The
    /// references are hashed and encrypted with this mapper and salt, so use those of the events.
    ///
    /// # Errors
    ///
    /// - Those of [`table`](Self::table), and of reading the replication of the keyspace.
    /// - [`RecordError::Schema`] if the table is already open with another mapper or salt.
    /// - [`RecordError::Invalid`] if the table cannot have record ids, if reads may miss completed
    ///   writes with the configured consistency levels, or if another table uses the array of the
    ///   option `application_sequence`.
    pub async fn positioned(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<Arc<PositionedRecords>, RecordError> {
        let name = table.name.clone();
        let records = self.open_positioned(table, &mapper, &salt).await?;
        if records.array().is_written_with(&mapper, &salt) {
            return Ok(records);
        }
        Err(RecordError::Schema {
            table: name.into_owned(),
            reason: "it is already open with another salt, key or transcoder, or without a mapper: open it everywhere \
                     with the same salt, key and transcoder; open it with the mapper first"
                .to_owned(),
        })
    }

    /// Opens the event store of a table, with record ids if the table can have them.
    ///
    /// # Errors
    ///
    /// Those of [`positioned`](Self::positioned).
    pub fn event_store(&self, table: Table, mapper: Mapper, salt: Salt) -> Opening<'_> {
        Box::pin(async move {
            let records: Arc<dyn RecordManager> = if has_record_ids(&table) {
                self.positioned(table, mapper.clone(), salt.clone()).await?
            } else {
                self.table(table)?
            };
            Ok(EventStore::new(records, mapper, salt))
        })
    }

    /// Returns the open table, whatever its mapper and salt; opens it with these if it is not open.
    async fn open_positioned(
        &self,
        table: Table,
        mapper: &Mapper,
        salt: &Salt,
    ) -> Result<Arc<PositionedRecords>, RecordError> {
        if let Some(reason) = reason_against_record_ids(&table) {
            return Err(RecordError::Invalid {
                reason: format!("`{}` has no record ids: {reason}", table.name),
            });
        }
        consistency::check(&self.database).await?;
        let root = self.array_id(&table)?;
        let events = self.table(table.clone())?;
        let items = self.table(Table::integer_sequenced())?;
        let index = TableIndex::open(self.database.clone(), &table, root)?;
        self.positioned.get(table, |table| {
            let store = EventStore::new(items, mapper.clone(), salt.clone());
            let array = BigArray::new(store, root, ARRAY_SIZE);
            let positions = Positions::new(array, Arc::new(index));
            PositionedRecords::new(table, events, positions)
        })
    }

    /// Returns the id of a table's array. The array of the option `application_sequence` belongs to
    /// the table that is opened first: a reference does not name its table, so an array cannot hold
    /// those of two.
    fn array_id(&self, table: &Table) -> Result<Uuid, RecordError> {
        let Some(option) = self.database.options().application_sequence else {
            return Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, table.name.as_bytes()));
        };
        let first = self.configured_table.get_or_init(|| table.name.clone());
        if *first == table.name {
            return Ok(option);
        }
        Err(RecordError::Invalid {
            reason: format!(
                "the array of the option `application_sequence` holds the record ids of `{first}`; open `{}` in another \
                 datastore, with another array or none",
                table.name
            ),
        })
    }
}

/// Returns the reason if a table cannot have record ids.
fn reason_against_record_ids(table: &Table) -> Option<&'static str> {
    if table.position_kind != PositionKind::Integer {
        Some("its positions are times")
    } else if table.name == Table::integer_sequenced().name {
        Some(
            "it holds the references of other tables, and would need references to its own references",
        )
    } else {
        None
    }
}

es_store::inventory::submit! {
    EventStoreOpener::new(|datastore, table, mapper, salt| {
        let datastore: &dyn Any = datastore;
        let keyspace = datastore.downcast_ref::<CassandraDatastore>()?;
        Some(keyspace.event_store(table, mapper.clone(), salt.clone()))
    })
}

#[async_trait]
impl Datastore for CassandraDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let salt = Salt::from_env().map_err(|error| RecordError::Backend {
            operation: "read the salt",
            source: error.into(),
        })?;
        if has_record_ids(&table) {
            // The caller names no mapper, so a table that is open is used as it is.
            return Ok(self.open_positioned(table, &Mapper::new(), &salt).await?);
        }
        Ok(self.table(table)?)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.positioned.close().await?;
        self.tables.close().await?;
        self.database.close();
        Ok(())
    }
}

/// Returns whether a table is opened with record ids. Warns if they were requested and are
/// impossible.
fn has_record_ids(table: &Table) -> bool {
    if table.record_id.is_none() {
        return false;
    }
    let Some(reason) = reason_against_record_ids(table) else {
        return true;
    };
    tracing::warn!(
        table = %table.name,
        reason,
        "opened a table without the requested record ids; no notification log can follow it"
    );
    false
}
