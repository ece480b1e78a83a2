//! The store as the suite opens it.

use std::env;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use es_cassandra::scylla::client::session::Session;
use es_cassandra::scylla::client::session_builder::SessionBuilder;
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, StoreUri, Table};
use es_testing::store::{Backend, Reach};

/// The server to test on, `cassandra://host:port/keyspace`.
const VARIABLE: &str = "ES_CASSANDRA_URL";

/// Whether there is a server. Without one the tests are reported as ignored.
pub(crate) fn is_there() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The server's address, of tests that are run: `scripts/test.sh` starts a server and sets it.
pub(crate) fn options() -> CassandraOptions {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    let uri = StoreUri::parse(&uri).expect("a URI");
    CassandraOptions::try_from(&uri).expect("an address")
}

/// The same, with another keyspace.
pub(crate) fn options_of(keyspace: &str) -> CassandraOptions {
    let mut options = options();
    keyspace.clone_into(&mut options.keyspace);
    options
}

/// A session beside the store's.
pub(crate) async fn connect() -> Session {
    let builder = SessionBuilder::new().known_nodes(options().hosts);
    builder.build().await.expect("a server")
}

/// An error with its sources.
pub(crate) fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Databases as keyspaces of the cluster's.
#[derive(Default)]
pub(crate) struct Keyspaces {
    made: Mutex<Vec<String>>,
}

impl Keyspaces {
    /// A keyspace that is dropped with the others; the store makes it.
    pub(crate) fn make(&self, name: &str) {
        let mut made = self.made.lock().expect("no panic");
        if !made.iter().any(|made| made == name) {
            made.push(name.to_owned());
        }
    }

    /// Drops all that were made.
    pub(crate) async fn drop_all(&self) {
        let names = std::mem::take(&mut *self.made.lock().expect("no panic"));
        if names.is_empty() {
            return;
        }
        let session = connect().await;
        for name in names {
            let cql = format!("DROP KEYSPACE IF EXISTS {name}");
            session.query_unpaged(cql, ()).await.expect("dropped");
        }
    }
}

#[async_trait]
impl Backend for Keyspaces {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        self.make(name);
        CassandraDatastore::open(options_of(name))
            .await?
            .record_manager(table)
            .await
    }

    fn tables(&self) -> Vec<Table> {
        vec![
            Table::stored_events(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced().without_record_ids(),
            Table::timeuuid_sequenced(),
            Table::snapshots().named("Camels_and_1_digit"),
        ]
    }

    fn reach(&self) -> Reach {
        Reach::Durable
    }
}
