//! The store as the suite opens it.

use std::env;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Opts, OptsBuilder};
use es_mysql::{MysqlDatastore, MysqlOptions};
use es_testing::store::{Backend, Reach};

/// The server to test on, `mysql://user@host:port/database`.
const VARIABLE: &str = "ES_MYSQL_URL";

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

/// Databases of the server.
#[derive(Default)]
pub(crate) struct Databases(Mutex<Vec<String>>);

impl Databases {
    /// Makes the database where it is absent.
    pub(crate) async fn make(&self, name: &str) {
        connect(server())
            .await
            .query_drop(format!("CREATE DATABASE IF NOT EXISTS {name}"))
            .await
            .expect("a database");
        self.0.lock().expect("no panic").push(name.to_owned());
    }

    /// Drops all that were made.
    pub(crate) async fn drop_all(&self) {
        let names = std::mem::take(&mut *self.0.lock().expect("no panic"));
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
}
