//! The store as the suite opens it.

use std::env;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_postgres::tokio_postgres::{Client, Config, Error, NoTls};
use es_postgres::{PostgresDatastore, PostgresOptions};
use es_testing::store::{Backend, Reach};

/// The server to test on, `postgresql://user@host:port/database`.
const VARIABLE: &str = "ES_POSTGRES_URL";

/// Set where the server is that of `scripts/services.sh`, and may be killed.
const KILLS: &str = "ES_TORTURE_KILLS_SERVERS";

/// Whether there is a server. Without one the tests are reported as ignored.
pub(crate) fn is_there() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The server's address, of tests that are run: `scripts/test.sh` starts a server and sets it.
pub(crate) fn config() -> Config {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    Config::from_str(&uri).expect("an address")
}

/// The server's address, with all names resolved in one schema, after which the connections are called.
pub(crate) fn config_of(schema: &str) -> Config {
    let mut config = config();
    config.options(format!("-c search_path={schema}"));
    config.application_name(schema);
    config
}

/// A connection beside the store's.
pub(crate) async fn connect(config: &Config) -> Client {
    try_connect(config).await.expect("a server")
}

pub(crate) async fn try_connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Cuts some connections of one schema.
async fn cut(schema: &str) -> Result<(), Error> {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 ORDER BY random() LIMIT 3";
    try_connect(&config()).await?.query(sql, &[&schema]).await?;
    Ok(())
}

/// A program that knows nothing of the lock writes, dawdles, and gives up.
async fn dawdle(schema: &str, table: &str, how_long: Duration) -> Result<(), Error> {
    let client = try_connect(&config_of(schema)).await?;
    let insert = format!(
        "BEGIN; INSERT INTO {table} SELECT max(id) + 1, gen_random_uuid(), 0, 'foreign', '' FROM {table}"
    );
    client.batch_execute(&insert).await?;
    tokio::time::sleep(how_long).await;
    client.batch_execute("ROLLBACK").await
}

/// Kills the server, and starts it again; only one that `scripts/services.sh` started, and that may be killed.
async fn kill_server() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let kill =
        "kill -9 $(head -n 1 .services/postgres/postmaster.pid) && scripts/services.sh up postgres";
    let killing = move || {
        Command::new("sh")
            .args(["-c", kill])
            .current_dir(home)
            .output()
    };
    let killed = tokio::task::spawn_blocking(killing)
        .await
        .expect("no panic");
    let output = killed.expect("a shell");
    assert!(output.status.success(), "{output:?}");
}

/// Databases as schemas of the server's.
#[derive(Default)]
pub(crate) struct Schemas {
    made: Mutex<Vec<String>>,
    turns: AtomicU32,
}

impl Schemas {
    /// Makes the schema where it is absent.
    pub(crate) async fn make(&self, name: &str) {
        let sql = format!(
            "SELECT pg_advisory_lock(1); CREATE SCHEMA IF NOT EXISTS {name}; SELECT pg_advisory_unlock(1)"
        );
        // Where there is no server, opening the store says so.
        if let Ok(client) = try_connect(&config()).await {
            drop(client.batch_execute(&sql).await);
        }
        self.made.lock().expect("no panic").push(name.to_owned());
    }

    /// Drops all that were made.
    pub(crate) async fn drop_all(&self) {
        let names = std::mem::take(&mut *self.made.lock().expect("no panic"));
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

    /// By turns: connections are cut, a foreign program writes, and now and then the server is killed.
    async fn disturb(&self, name: &str, table: &Table, how_long: Duration) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        if turn % 32 == 5 && env::var_os(KILLS).is_some() {
            return kill_server().await;
        }
        let disturbed = if turn.is_multiple_of(2) {
            dawdle(name, &table.name, how_long).await
        } else {
            cut(name).await
        };
        // It may itself be cut off.
        drop(disturbed);
    }
}
