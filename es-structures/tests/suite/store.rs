//! Stores in memory, with and without faults.

use std::num::NonZeroU32;
use std::sync::Arc;

use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_store::{MemoryRecordManager, RecordManager, Table};
use es_testing::store::Faulty;

pub fn size(size: u32) -> NonZeroU32 {
    NonZeroU32::new(size).unwrap()
}

pub fn event_store(records: Arc<dyn RecordManager>) -> EventStore {
    EventStore::new(records, Mapper::new(), Salt::new("a salt"))
}

pub fn memory() -> EventStore {
    event_store(Arc::new(MemoryRecordManager::new(
        Table::integer_sequenced(),
    )))
}

pub fn memory_of_times() -> EventStore {
    let table = Table::timestamp_sequenced_no_id();
    event_store(Arc::new(MemoryRecordManager::new(table)))
}

pub fn faulty() -> Faulty {
    let records = MemoryRecordManager::new(Table::integer_sequenced());
    Faulty::over(Arc::new(records))
}
