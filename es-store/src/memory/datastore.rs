//! A database in memory.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use hashbrown::HashMap;

use super::lock;
use super::record_manager::MemoryRecordManager;
use crate::datastore::Datastore;
use crate::driver::Driver;
use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

inventory::submit! {
    Driver::new(&["memory"], |_| {
        Box::pin(async { Ok(Arc::new(MemoryDatastore::new()) as Arc<dyn Datastore>) })
    })
}

/// A database in memory. Its tables live as long as it does; the URI `memory:` opens a new one.
#[derive(Default)]
pub struct MemoryDatastore {
    tables: Mutex<HashMap<String, Arc<MemoryRecordManager>>>,
}

impl MemoryDatastore {
    /// Creates an empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Datastore for MemoryDatastore {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let mut tables = lock(&self.tables);
        let manager = tables
            .entry(table.name.clone().into_owned())
            .or_insert_with(|| Arc::new(MemoryRecordManager::new(table.clone())));
        manager.check_same(&table)?;
        Ok(manager.clone())
    }

    async fn close(&self) -> Result<(), RecordError> {
        lock(&self.tables)
            .values()
            .for_each(|manager| manager.shut_down());
        Ok(())
    }
}
