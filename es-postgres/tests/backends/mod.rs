//! The store as the suite opens it.

use std::env;
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_postgres::tokio_postgres::{Client, Config, NoTls};
use es_postgres::{PostgresDatastore, PostgresOptions};
use es_testing::store::{Backend, Reach};

/// The server to test on, `postgresql://user@host:port/database`.
const VARIABLE: &str = "ES_POSTGRES_URL";

/// Whether there is a server. Without one the tests are reported as ignored.
pub(crate) fn is_there() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The server's address, of tests that are run: `scripts/test.sh` starts a server and sets it.
pub(crate) fn config() -> Config {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    Config::from_str(&uri).expect("an address")
}

/// The server's address, with all names resolved in one schema.
pub(crate) fn config_of(schema: &str) -> Config {
    let mut config = config();
    config.options(format!("-c search_path={schema}"));
    config
}

/// A connection beside the store's.
pub(crate) async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

/// Databases as schemas of the server's.
#[derive(Default)]
pub(crate) struct Schemas(Mutex<Vec<String>>);

impl Schemas {
    /// Makes the schema where it is absent.
    pub(crate) async fn make(&self, name: &str) {
        let client = connect(&config()).await;
        client
            .batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
            .await
            .expect("a schema");
        self.0.lock().expect("no panic").push(name.to_owned());
    }

    /// Drops all that were made.
    pub(crate) async fn drop_all(&self) {
        let names = std::mem::take(&mut *self.0.lock().expect("no panic"));
        if names.is_empty() {
            return;
        }
        let client = connect(&config()).await;
        for name in names {
            let sql = format!("DROP SCHEMA IF EXISTS {name} CASCADE");
            client.batch_execute(&sql).await.expect("dropped");
        }
    }
}

#[async_trait]
impl Backend for Schemas {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        self.make(name).await;
        let options = PostgresOptions::new(config_of(name)).with_connections(4);
        PostgresDatastore::open(options)
            .await?
            .record_manager(table)
            .await
    }

    fn tables(&self) -> Vec<Table> {
        vec![
            Table::stored_events(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots().named("with \"quotes\" and spaces"),
        ]
    }

    fn reach(&self) -> Reach {
        Reach::Durable
    }
}
