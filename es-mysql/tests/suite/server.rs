//! The server for the suites.

use std::env;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Error, Opts, OptsBuilder, TxOpts};
use es_mysql::{MysqlDatastore, MysqlOptions, append_in};
use es_store::{BoxError, Datastore, Position, RecordError, SequencedItem, Table, Topic};
use es_testing::store::servers::{Meanwhile, Opening, Server, Way};
use uuid::Uuid;

/// The variable with the address of the server, `mysql://user@host:port/database`.
const VARIABLE: &str = "ES_MYSQL_URL";

/// The server's error code for an unknown connection id.
const NO_SUCH_THREAD: u16 = 1094;

/// Returns the address of the server; `scripts/test.sh` starts one and sets the variable.
fn server() -> OptsBuilder {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    let opts = Opts::from_url(&uri).expect("an address");
    OptsBuilder::from_opts(opts).prefer_socket(false)
}

/// Returns the address of a database of the server.
pub(crate) fn server_of(database: &str) -> OptsBuilder {
    server().db_name(Some(database))
}

/// Opens a connection beside the store's.
pub(crate) async fn connect(server: OptsBuilder) -> Result<Conn, Error> {
    Conn::new(server).await
}

pub(crate) fn item(sequence_id: Uuid, n: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(n),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{n}}}").into(),
    }
}

async fn execute(sql: &str) -> Result<(), BoxError> {
    Ok(connect(server()).await?.query_drop(sql).await?)
}

pub(crate) struct Mysql;

#[async_trait]
impl Server for Mysql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn is_available(&self) -> bool {
        env::var_os(VARIABLE).is_some()
    }

    fn address(&self) -> SocketAddr {
        let server = Opts::from(server());
        let address = format!("{}:{}", server.ip_or_hostname(), server.tcp_port());
        address.parse().expect("a numeric address")
    }

    async fn open(
        &self,
        database: &str,
        opening: &Opening,
    ) -> Result<Arc<dyn Datastore>, RecordError> {
        let server = server_of(database);
        let server = match &opening.way {
            Way::As(user) => server.user(Some(user)),
            Way::At(address) => server
                .ip_or_hostname(address.ip().to_string())
                .tcp_port(address.port()),
            Way::Nowhere => server_of("no_such_database"),
            Way::ReadOnly => server.setup(vec!["SET SESSION TRANSACTION READ ONLY"]),
            _ => server,
        };
        let options = MysqlOptions::new(server.into())
            .with_timeout(opening.timeout)
            .with_connections(opening.connections);
        Ok(Arc::new(MysqlDatastore::open(options).await?))
    }

    async fn create_database(&self, database: &str) -> Result<(), BoxError> {
        execute(&format!("CREATE DATABASE IF NOT EXISTS {database}")).await
    }

    async fn drop_database(&self, database: &str) -> Result<(), BoxError> {
        execute(&format!("DROP DATABASE IF EXISTS {database}")).await
    }

    async fn cut(&self, database: &str, at_most: u32) -> Result<usize, BoxError> {
        let mut connection = connect(server()).await?;
        let sql =
            "SELECT id FROM information_schema.processlist WHERE db = ? ORDER BY RAND() LIMIT ?";
        let ids: Vec<u64> = connection.exec(sql, (database, at_most)).await?;
        for id in &ids {
            match connection.query_drop(format!("KILL {id}")).await {
                // A connection that was cut earlier is listed until it ends.
                Err(Error::Server(error)) if error.code == NO_SUCH_THREAD => {}
                cut => cut?,
            }
        }
        Ok(ids.len())
    }

    async fn write_without_lock(
        &self,
        database: &str,
        table: &Table,
        how_long: Duration,
    ) -> Result<(), BoxError> {
        let mut connection = connect(server_of(database)).await?;
        let insert = format!(
            "INSERT INTO {0} SELECT MAX(id) + 1, UNHEX(REPLACE(UUID(), '-', '')), 0, 'foreign', '' FROM {0}",
            table.name
        );
        connection.query_drop("START TRANSACTION").await?;
        connection.query_drop(insert).await?;
        tokio::time::sleep(how_long).await;
        Ok(connection.query_drop("ROLLBACK").await?)
    }

    async fn limited_user(
        &self,
        database: &str,
        connections: u32,
    ) -> Result<Option<String>, BoxError> {
        let user = &database[..20];
        let make = format!(
            "CREATE USER {user}@'127.0.0.1' WITH MAX_USER_CONNECTIONS {connections}; GRANT ALL ON {database}.* TO \
             {user}@'127.0.0.1'"
        );
        execute(&make).await?;
        Ok(Some(user.to_owned()))
    }

    async fn drop_user(&self, user: &str) -> Result<(), BoxError> {
        execute(&format!("DROP USER {user}@'127.0.0.1'")).await
    }

    fn commit(&self) -> Option<&'static str> {
        // The byte before it is the command code of a query.
        Some("\u{3}COMMIT")
    }

    async fn hold_lock(&self, database: &str, meanwhile: Meanwhile<'_>) -> Result<(), BoxError> {
        let mut connection = connect(server_of(database)).await?;
        let mut transaction = connection.start_transaction(TxOpts::default()).await?;
        let items = [item(Uuid::new_v4(), 0)];
        append_in(&mut transaction, &Table::stored_events(), &items).await?;
        meanwhile.await;
        Ok(transaction.rollback().await?)
    }
}
