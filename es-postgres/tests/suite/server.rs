//! The server for the suites. Databases are schemas.

use std::env;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_postgres::tokio_postgres::config::Host;
use es_postgres::tokio_postgres::{Client, Config, Error, NoTls};
use es_postgres::{PostgresDatastore, PostgresOptions, append_in};
use es_store::{BoxError, Datastore, Position, RecordError, SequencedItem, Table, Topic};
use es_testing::store::servers::{Meanwhile, Opening, Server, Way};
use uuid::Uuid;

/// The variable with the address of the server, `postgresql://user@host:port/database`.
const VARIABLE: &str = "ES_POSTGRES_URL";

/// Returns the address of the server; `scripts/test.sh` starts one and sets the variable.
pub(crate) fn config() -> Config {
    let uri = env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    Config::from_str(&uri).expect("an address")
}

/// Returns the address with a schema that resolves all names. Its connections have the schema's
/// name.
pub(crate) fn config_of(schema: &str) -> Config {
    let mut config = config();
    config.options(format!("-c search_path={schema}"));
    config.application_name(schema);
    config
}

/// Opens a connection beside the store's.
pub(crate) async fn connect(config: &Config) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
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
    Ok(connect(&config()).await?.batch_execute(sql).await?)
}

/// Returns the same user, database and schema at another address.
pub(crate) fn moved(config: &Config, address: SocketAddr) -> Config {
    let mut moved = Config::new();
    moved.host(address.ip().to_string()).port(address.port());
    moved.user(config.get_user().expect("a user"));
    moved.dbname(config.get_dbname().expect("a database"));
    moved.options(config.get_options().unwrap_or_default());
    moved
}

pub(crate) struct Postgres;

#[async_trait]
impl Server for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn is_available(&self) -> bool {
        env::var_os(VARIABLE).is_some()
    }

    fn address(&self) -> SocketAddr {
        let config = config();
        let [Host::Tcp(host)] = config.get_hosts() else {
            panic!("an address");
        };
        let address = format!("{host}:{}", config.get_ports()[0]);
        address.parse().expect("a numeric address")
    }

    async fn open(
        &self,
        database: &str,
        opening: &Opening,
    ) -> Result<Arc<dyn Datastore>, RecordError> {
        let mut config = config_of(database);
        match &opening.way {
            Way::As(user) => drop(config.user(user)),
            Way::At(address) => config = moved(&config, *address),
            Way::Nowhere => drop(config.dbname("no_such_database")),
            Way::ReadOnly => {
                let options = config.get_options().unwrap_or_default();
                config.options(format!("{options} -c default_transaction_read_only=on"));
            }
            _ => {}
        }
        let options = PostgresOptions::new(config)
            .with_timeout(opening.timeout)
            .with_connections(opening.connections);
        Ok(Arc::new(PostgresDatastore::open(options).await?))
    }

    async fn create_database(&self, database: &str) -> Result<(), BoxError> {
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {database}");
        // Two processes that find the schema missing would both create it.
        execute(&format!("SELECT pg_advisory_lock(1); {sql}")).await
    }

    async fn drop_database(&self, database: &str) -> Result<(), BoxError> {
        execute(&format!("DROP SCHEMA IF EXISTS {database} CASCADE")).await
    }

    async fn cut(&self, database: &str, at_most: u32) -> Result<usize, BoxError> {
        let sql = "SELECT pg_terminate_backend(pid, 60000) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = \
                   $1 ORDER BY random() LIMIT $2) AS chosen";
        let client = connect(&config()).await?;
        let cut = client.query(sql, &[&database, &i64::from(at_most)]).await?;
        Ok(cut.len())
    }

    async fn write_without_lock(
        &self,
        database: &str,
        table: &Table,
        how_long: Duration,
    ) -> Result<(), BoxError> {
        let client = connect(&config_of(database)).await?;
        let insert = format!(
            "BEGIN; INSERT INTO {0} SELECT max(id) + 1, gen_random_uuid(), 0, 'foreign', '' FROM {0}",
            table.name
        );
        client.batch_execute(&insert).await?;
        tokio::time::sleep(how_long).await;
        Ok(client.batch_execute("ROLLBACK").await?)
    }

    async fn limited_user(
        &self,
        database: &str,
        connections: u32,
    ) -> Result<Option<String>, BoxError> {
        let user = format!("{database}_few");
        let make = format!(
            "CREATE ROLE {user} LOGIN CONNECTION LIMIT {connections}; GRANT ALL ON SCHEMA {database} TO {user}"
        );
        execute(&make).await?;
        Ok(Some(user))
    }

    async fn drop_user(&self, user: &str) -> Result<(), BoxError> {
        execute(&format!("DROP OWNED BY {user} CASCADE; DROP ROLE {user}")).await
    }

    fn commit(&self) -> Option<&'static str> {
        Some("COMMIT\0")
    }

    async fn hold_lock(&self, database: &str, meanwhile: Meanwhile<'_>) -> Result<(), BoxError> {
        let mut client = connect(&config_of(database)).await?;
        let mut transaction = client.transaction().await?;
        let items = [item(Uuid::new_v4(), 0)];
        append_in(&mut transaction, &Table::stored_events(), &items).await?;
        meanwhile.await;
        Ok(transaction.rollback().await?)
    }
}
