//! The stores that Python wrote, with their descriptions in the manifest.

use std::path::PathBuf;
use std::sync::Arc;

use es::json::{self, Value};
use es::sqlite::{SqliteDatastore, SqliteOptions};
use es::store::{Datastore, RecordManager, Table};

use crate::vectors;

/// Returns the description of a database in the manifest.
pub fn database(name: &str) -> Value {
    let text = std::fs::read_to_string(vectors::path("manifest.json")).unwrap();
    let manifest = Value::parse(&text).unwrap();
    let databases = manifest.get("databases").unwrap();
    databases.get(name).unwrap().clone()
}

pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    match value.get(key) {
        Some(Value::Array(items)) => items,
        other => panic!("{key}: {other:?}"),
    }
}

pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap()
}

pub fn number(value: &Value, key: &str) -> Option<i64> {
    value
        .get(key)
        .and_then(|value| json::from_str(&value.to_string()).ok())
}

/// A copy of a store; the original stays unchanged.
pub struct Copy {
    pub path: PathBuf,
    pub datastore: Arc<dyn Datastore>,
    _folder: tempfile::TempDir,
}

impl Copy {
    pub async fn load(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::copy(vectors::path(name), &path).unwrap();
        Self::open(path, folder).await
    }

    pub async fn empty(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        Self::open(path, folder).await
    }

    async fn open(path: PathBuf, folder: tempfile::TempDir) -> Self {
        let options = SqliteOptions::file(path.clone());
        Self {
            path,
            datastore: Arc::new(SqliteDatastore::open(options).await.unwrap()),
            _folder: folder,
        }
    }

    pub async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        let store = self.datastore.record_manager(table).await.unwrap();
        store.setup().await.unwrap();
        store
    }
}
