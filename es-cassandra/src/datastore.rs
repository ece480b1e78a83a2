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
use crate::{CassandraOptions, CassandraRecordManager, overlap};

es_store::inventory::submit! {
    Driver::new(&["cassandra"], |uri| Box::pin(connect(uri)))
}

async fn connect(uri: StoreUri) -> Result<Arc<dyn Datastore>, RecordError> {
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
    /// The table whose references lie in the array that is set, where one is.
    with_set_array: OnceLock<Cow<'static, str>>,
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
            with_set_array: OnceLock::new(),
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
    /// mapped and sealed as the events are.
    ///
    /// # Errors
    ///
    /// As [`table`](Self::table); [`RecordError::Schema`] where the table is in use with another mapper or salt;
    /// [`RecordError::Invalid`] where the table cannot have record ids, where reads may miss what was written, by the
    /// consistency that is set, and where the array that is set is that of another table; and those of looking up how the
    /// keyspace is replicated.
    pub async fn positioned(
        &self,
        table: Table,
        mapper: Mapper,
        salt: Salt,
    ) -> Result<Arc<PositionedRecords>, RecordError> {
        let name = table.name.clone();
        let records = self.open_positioned(table, &mapper, &salt).await?;
        if records.array().is_kept_with(&mapper, &salt) {
            return Ok(records);
        }
        Err(RecordError::Schema {
            table: name.into_owned(),
            reason: "it is in use, and its record ids are stored with another salt, key or transcoder: open it with the same \
                     salt, key and transcoder wherever it is opened, and before anyone opens it without saying them"
                .to_owned(),
        })
    }

    /// Opens the event store of a table: with record ids if the table can have them.
    ///
    /// # Errors
    ///
    /// As [`positioned`](Self::positioned).
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

    /// As it is in use; where it is not, with this mapper and this salt.
    async fn open_positioned(
        &self,
        table: Table,
        mapper: &Mapper,
        salt: &Salt,
    ) -> Result<Arc<PositionedRecords>, RecordError> {
        if let Some(why) = no_record_ids(&table) {
            return Err(RecordError::Invalid {
                reason: format!("`{}` has no record ids: {why}", table.name),
            });
        }
        overlap::check(&self.database).await?;
        let root = self.array_of(&table)?;
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

    /// The id of the big array of a table's references. One that is set is that of the table which is opened first: an array
    /// does not say of which table its references are.
    fn array_of(&self, table: &Table) -> Result<Uuid, RecordError> {
        let Some(set) = self.database.options().application_sequence else {
            return Ok(Uuid::new_v5(&Uuid::NAMESPACE_OID, table.name.as_bytes()));
        };
        let first = self.with_set_array.get_or_init(|| table.name.clone());
        if *first == table.name {
            return Ok(set);
        }
        Err(RecordError::Invalid {
            reason: format!(
                "the array that `application_sequence` names holds the record ids of `{first}`: open `{}` by another \
                 datastore, which names another array or none",
                table.name
            ),
        })
    }
}

/// Why a table cannot have record ids, if it cannot.
fn no_record_ids(table: &Table) -> Option<&'static str> {
    if table.position_kind != PositionKind::Integer {
        Some("its positions are times")
    } else if table.name == Table::integer_sequenced().name {
        Some("it holds the record ids of other tables, and would have to hold those of its own")
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
        let salt = Salt::of_process().map_err(|error| RecordError::Backend {
            operation: "read the salt",
            source: error.into(),
        })?;
        if has_record_ids(&table) {
            // Who says nothing of mapper and salt takes them as they are in use.
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

/// Whether a table is opened with record ids, which is told where it is asked for with them and cannot have them.
fn has_record_ids(table: &Table) -> bool {
    if table.record_id.is_none() {
        return false;
    }
    let Some(why) = no_record_ids(table) else {
        return true;
    };
    tracing::warn!(
        table = %table.name,
        "opened without the record ids that it was asked for: {why}; it cannot be followed by a notification log"
    );
    false
}
