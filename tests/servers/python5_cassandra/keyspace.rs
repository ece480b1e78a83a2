//! New keyspaces on the server, with rows that Python wrote.

use std::sync::Arc;

use es::Application;
use es::application::ApplicationBuilder;
use es::store::{Datastore, Driver, RecordManager, Table};
use serde_json::{Value, json};
use uuid::Uuid;

use super::vectors;
use crate::{python, vectors as golden};

/// The variable with the address of the server, `cassandra://host:port/keyspace`.
const VARIABLE: &str = "ES_CASSANDRA_URL";

/// A keyspace with the rows of a store.
pub struct Keyspace {
    pub name: String,
    pub described: Value,
    pub datastore: Arc<dyn Datastore>,
    server: String,
}

impl Keyspace {
    pub fn has_server() -> bool {
        std::env::var_os(VARIABLE).is_some()
    }

    /// Lets the script of the vectors load a store.
    pub async fn loaded(store: &str) -> Self {
        let (server, name) = named();
        python::run(&vectors::path("load.py"), [&server, &name, store]);
        Self::open(server, name, vectors::described(store)).await
    }

    /// Creates an empty keyspace for a kind of store: `plain`, `salted`, or `encrypted`, which is
    /// also salted.
    pub async fn empty(kind: &str) -> Self {
        let (server, name) = named();
        let described = json!({
            "salt": if kind == "plain" { "" } else { "söme \"salt\"" },
            "cipher_key_file": (kind == "encrypted").then_some("encrypted.key"),
        });
        Self::open(server, name, described).await
    }

    async fn open(server: String, name: String, described: Value) -> Self {
        let uri = format!("cassandra://{server}/{name}");
        Self {
            described,
            datastore: Driver::open(&uri).await.unwrap(),
            server,
            name,
        }
    }

    /// Opens an existing table and checks it.
    pub async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        let records = self.datastore.record_manager(table).await.unwrap();
        records.setup().await.unwrap();
        records
    }

    /// Opens the table of the store's entities.
    pub async fn entities(&self) -> Arc<dyn RecordManager> {
        let name = self.described["table"].as_str().unwrap();
        self.table(vectors::table(name)).await
    }

    pub async fn application(&self) -> Application {
        let mut builder = self.builder().store(self.entities().await);
        if self.has_snapshots() {
            builder = builder.snapshot_store(self.table(Table::snapshots()).await);
        }
        builder.open().await.unwrap()
    }

    /// Opens the application without its snapshots.
    pub async fn replaying(&self) -> Application {
        let builder = self.builder().store(self.entities().await);
        builder.open().await.unwrap()
    }

    /// Opens an application whose events have record ids.
    pub async fn positioned(&self) -> Application {
        let uri = format!("cassandra://{}/{}", self.server, self.name);
        self.builder().uri(uri).open().await.unwrap()
    }

    fn builder(&self) -> ApplicationBuilder {
        let builder = Application::builder().salt(self.salt());
        match self.key() {
            Some(key) => builder.cipher_key(key),
            None => builder,
        }
    }

    pub fn has_snapshots(&self) -> bool {
        self.described["snapshot_table"].is_string()
    }

    pub fn salt(&self) -> &str {
        self.described["salt"].as_str().unwrap()
    }

    fn key(&self) -> Option<String> {
        let file = self.described["cipher_key_file"].as_str()?;
        let key = std::fs::read_to_string(vectors::path(file)).unwrap();
        Some(key.trim().to_owned())
    }

    /// Lets Python check the whole keyspace, and drops it.
    pub async fn accepted(self, more: &[&str]) {
        let mut arguments = vec!["--all-versions", "--conflicts"];
        arguments.extend(more);
        self.read_by_python(&arguments);
        self.drop().await;
    }

    /// Returns Python's report on the keyspace, which must be without errors.
    pub fn read_by_python(&self, more: &[&str]) -> Value {
        let modules = golden::directory();
        let modules = [&modules, &modules.join("cassandra")].map(|path| path.display().to_string());
        let mut arguments = vec![
            "--cassandra",
            &self.server,
            "--keyspace",
            &self.name,
            "--salt",
            self.salt(),
        ];
        for modules in &modules {
            arguments.extend(["--modules", modules]);
        }
        let key = self.key();
        if let Some(key) = &key {
            arguments.extend(["--key", key]);
        }
        arguments.extend(more);
        let script = python::script("check_python.py");
        serde_json::from_str(&python::run(&script, arguments)).unwrap()
    }

    pub async fn drop(self) {
        let drop = format!("DROP KEYSPACE {}", self.name);
        let session = es::cassandra::scylla::client::session_builder::SessionBuilder::new()
            .known_node(&self.server)
            .build()
            .await
            .unwrap();
        session.query_unpaged(drop, ()).await.unwrap();
    }
}

/// Returns the address of the server and a new name.
fn named() -> (String, String) {
    let uri = std::env::var(VARIABLE).unwrap();
    let address = uri.strip_prefix("cassandra://").unwrap();
    let (server, _) = address.split_once('/').unwrap();
    let name = format!("es_{}", Uuid::new_v4().simple());
    (server.to_owned(), name)
}
