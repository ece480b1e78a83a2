//! The store in memory keeps the contract.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use es_core::RecordError;
use es_core::infrastructure::{Datastore, MemoryDatastore, RecordManager, Table};
use es_testing::store::{Backend, Reach, contract};
use libtest_mimic::Arguments;

/// Databases in memory, by name.
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

fn main() {
    let backend: Arc<dyn Backend> = Arc::new(Memory::default());
    let trials = contract("memory", &backend);
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
