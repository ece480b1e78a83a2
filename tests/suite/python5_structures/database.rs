//! Open copies of the vectors' databases, with their descriptions.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use es::event_store::Mapper;
use es::json::{self, Value};
use es::store::{Datastore, Driver, Table};
use es::{EventStore, Salt};
use serde::Deserialize;
use tempfile::TempDir;

use crate::vectors;

#[derive(Deserialize)]
struct Manifest {
    databases: BTreeMap<String, Value>,
}

/// Returns the description of a database in the manifest.
pub fn described<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let text = std::fs::read_to_string(vectors::path("manifest.json")).unwrap();
    let manifest: Manifest = json::from_str(&text).unwrap();
    json::from_str(&manifest.databases[name].to_string()).unwrap()
}

/// A database file in a folder of its own.
pub struct Database {
    pub datastore: Arc<dyn Datastore>,
    pub path: PathBuf,
    _folder: TempDir,
}

impl Database {
    pub async fn copy_of(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::copy(vectors::path(name), &path).unwrap();
        Self::open(folder, path).await
    }

    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.db");
        Self::open(folder, path).await
    }

    async fn open(folder: TempDir, path: PathBuf) -> Self {
        let uri = format!("sqlite:///{}", path.display());
        Self {
            datastore: Driver::open(&uri).await.unwrap(),
            path,
            _folder: folder,
        }
    }

    pub async fn store(&self, table: Table, salt: &str) -> EventStore {
        let records = self.datastore.record_manager(table).await.unwrap();
        records.setup().await.unwrap();
        EventStore::new(records, Mapper::new(), Salt::new(salt))
    }
}
