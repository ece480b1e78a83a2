//! The contract on stores in memory: one with record ids, and one that finds them in a big array.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_store::kit::OpenTable;
use es_store::{
    Datastore, MemoryDatastore, MemoryRecordManager, RecordError, RecordManager, Table,
    TableAdministration,
};
use es_structures::BigArray;
use es_structures::application_sequence::{MemoryPositionIndex, PositionedRecords, Positions};
use es_testing::store::{Backend, Reach, contract};
use libtest_mimic::Trial;
use uuid::Uuid;

/// Databases in memory by name.
#[derive(Default)]
struct Memory {
    databases: Mutex<HashMap<String, Arc<MemoryDatastore>>>,
}

#[async_trait::async_trait]
impl Backend for Memory {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let database = {
            let mut databases = self.databases.lock().expect("no panic");
            databases.entry(name.to_owned()).or_default().clone()
        };
        database.record_manager(table).await
    }

    fn tables(&self) -> Vec<Table> {
        vec![
            Table::stored_events(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots(),
        ]
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

/// Databases whose tables have no record ids. Each handle has its own writer, like another process.
#[derive(Default)]
struct Positioned {
    memory: Memory,
    events: Mutex<HashMap<String, Arc<MemoryRecordManager>>>,
    indexes: Mutex<HashMap<String, Arc<MemoryPositionIndex>>>,
}

#[async_trait::async_trait]
impl Backend for Positioned {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let events = {
            let events = table.clone().without_record_ids();
            let mut tables = self.events.lock().expect("no panic");
            let new = || Arc::new(MemoryRecordManager::new(events.clone()));
            let records = tables.entry(name.to_owned()).or_insert_with(new);
            records.table().expect("a table").check_same(&events)?;
            records.clone()
        };
        let items = Table::integer_sequenced().without_record_ids();
        let items = self.memory.open(name, items).await?;
        let index = {
            let mut indexes = self.indexes.lock().expect("no panic");
            indexes.entry(name.to_owned()).or_default().clone()
        };
        let store = EventStore::new(items, Mapper::new(), Salt::none());
        let size = NonZeroU32::new(7).expect("not 0");
        let array = BigArray::new(store, Uuid::from_u128(7), size);
        let table = Arc::new(OpenTable::new(table));
        let positions = Positions::new(array, index);
        Ok(Arc::new(PositionedRecords::new(table, events, positions)?))
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

pub(crate) fn trials() -> Vec<Trial> {
    let backend: Arc<dyn Backend> = Arc::new(Memory::default());
    let mut trials = contract("contract::memory", &backend);
    let backend: Arc<dyn Backend> = Arc::new(Positioned::default());
    trials.extend(contract("contract::positioned", &backend));
    trials
}
