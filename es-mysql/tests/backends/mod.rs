//! The store as the suite opens it.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Error, Opts, OptsBuilder};
use es_mysql::{MysqlDatastore, MysqlOptions};
use es_testing::store::{Backend, Reach};

/// The server to test on, `mysql://user@host:port/database`.
const VARIABLE: &str = "ES_MYSQL_URL";

/// Set where the server is that of `scripts/services.sh`, and may be killed.
const KILLS: &str = "ES_TORTURE_KILLS_SERVERS";

/// Whether there is a server. Without one the tests are reported as ignored.
pub(crate) fn is_there() -> bool {
    env::var_os(VARIABLE).is_some()
}

/// The server's address, of tests that are run: `scripts/test.sh` starts a server and sets it.
pub(crate) fn server() -> Opts {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    let opts = Opts::from_url(&uri).expect("an address");
    OptsBuilder::from_opts(opts).prefer_socket(false).into()
}

/// The address of one database of the server.
pub(crate) fn server_of(database: &str) -> Opts {
    OptsBuilder::from_opts(server())
        .db_name(Some(database))
        .into()
}

/// A connection beside the store's.
pub(crate) async fn connect(server: Opts) -> Conn {
    Conn::new(server).await.expect("a server")
}

/// Cuts some connections to one database.
async fn cut(database: &str) -> Result<(), Error> {
    let mut connection = Conn::new(server()).await?;
    let sql = "SELECT id FROM information_schema.processlist WHERE db = ? ORDER BY RAND() LIMIT 3";
    let ids: Vec<u64> = connection.exec(sql, (database,)).await?;
    for id in ids {
        connection.query_drop(format!("KILL {id}")).await?;
    }
    Ok(())
}

/// A program that knows nothing of the lock writes, dawdles, and gives up.
async fn dawdle(database: &str, table: &str, how_long: Duration) -> Result<(), Error> {
    let mut connection = Conn::new(server_of(database)).await?;
    let insert = format!(
        "INSERT INTO {table} SELECT MAX(id) + 1, UNHEX(REPLACE(UUID(), '-', '')), 0, 'foreign', '' FROM {table}"
    );
    connection.query_drop("START TRANSACTION").await?;
    connection.query_drop(insert).await?;
    tokio::time::sleep(how_long).await;
    connection.query_drop("ROLLBACK").await
}

/// Kills the server, and starts it again; only one that `scripts/services.sh` started, and that may be killed.
async fn kill_server() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let kill = "kill -9 $(cat .services/mysql/pid) && scripts/services.sh up mysql";
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

/// Databases of the server.
#[derive(Default)]
pub(crate) struct Databases {
    made: Mutex<Vec<String>>,
    turns: AtomicU32,
}

impl Databases {
    /// Makes the database where it is absent.
    pub(crate) async fn make(&self, name: &str) {
        let sql = format!("CREATE DATABASE IF NOT EXISTS {name}");
        // Where there is no server, opening the store says so.
        if let Ok(mut connection) = Conn::new(server()).await {
            drop(connection.query_drop(sql).await);
        }
        self.made.lock().expect("no panic").push(name.to_owned());
    }

    /// Drops all that were made.
    pub(crate) async fn drop_all(&self) {
        let names = std::mem::take(&mut *self.made.lock().expect("no panic"));
        if names.is_empty() {
            return;
        }
        let mut connection = connect(server()).await;
        for name in names {
            let sql = format!("DROP DATABASE IF EXISTS {name}");
            connection.query_drop(sql).await.expect("dropped");
        }
    }
}

#[async_trait]
impl Backend for Databases {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        self.make(name).await;
        let options = MysqlOptions::new(server_of(name)).with_connections(4);
        MysqlDatastore::open(options)
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
            Table::snapshots().named("with `quotes` and spaces"),
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
