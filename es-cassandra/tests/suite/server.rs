//! The servers for the test suites. A database of a suite is a keyspace.

use std::env;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use es_cassandra::scylla::client::session::Session;
use es_cassandra::scylla::client::session_builder::SessionBuilder;
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_store::{BoxError, Datastore, Position, RecordError, SequencedItem, StoreUri, Table, Topic};
use es_testing::store::LossyProxy;
use es_testing::store::servers::{Opening, Server, Way};
use es_testing::store::torture::Torture;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The environment variable with the URI of the server, `cassandra://host:port/keyspace`.
pub(crate) const VARIABLE: &str = "ES_CASSANDRA_URL";

/// Reads options from an environment variable, which `scripts/test.sh` sets.
pub(crate) fn options_from(variable: &str) -> CassandraOptions {
    let uri = env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set"));
    let uri = StoreUri::parse(&uri).expect("a URI");
    CassandraOptions::try_from(&uri).expect("an address")
}

/// Returns the options of the usual server.
pub(crate) fn options() -> CassandraOptions {
    options_from(VARIABLE)
}

/// Returns the options of the usual server with another keyspace.
pub(crate) fn options_of(keyspace: &str) -> CassandraOptions {
    let mut options = options();
    keyspace.clone_into(&mut options.keyspace);
    options
}

/// Opens a session of the driver beside the store's.
pub(crate) async fn connect_as(options: &CassandraOptions) -> Result<Session, BoxError> {
    let mut builder = SessionBuilder::new().known_nodes(&options.hosts);
    if let Some((user, password)) = &options.credentials {
        builder = builder.user(user, password);
    }
    #[cfg(feature = "tls")]
    {
        builder = builder.tls_context(options.tls.client_config()?.map(Arc::new));
    }
    Ok(builder.build().await?)
}

/// Opens a session of the driver on the usual server.
pub(crate) async fn connect() -> Session {
    connect_as(&options())
        .await
        .expect("the server accepts the connection")
}

pub(crate) fn item(sequence_id: Uuid, n: i64) -> SequencedItem {
    item_with(sequence_id, n, &format!("{{\"n\":{n}}}"))
}

pub(crate) fn item_with(sequence_id: Uuid, n: i64, data: &str) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(n),
        topic: Topic::new("World.Happened"),
        data: data.into(),
    }
}

/// Nodes that an environment variable names, without a proxy in front of them.
pub(crate) struct Shared {
    name: &'static str,
    variable: &'static str,
    /// The session that drops keyspaces.
    session: OnceCell<Session>,
}

impl Shared {
    /// Creates a handle of nodes. `name` is that of the server in `scripts/services.sh`.
    pub(crate) fn new(name: &'static str, variable: &'static str) -> Self {
        Self {
            name,
            variable,
            session: OnceCell::new(),
        }
    }

    pub(crate) fn options(&self) -> CassandraOptions {
        options_from(self.variable)
    }
}

#[async_trait]
impl Server for Shared {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is_available(&self) -> bool {
        env::var_os(self.variable).is_some()
    }

    fn address(&self) -> SocketAddr {
        self.options().hosts[0].parse().expect("a numeric address")
    }

    async fn open(
        &self,
        database: &str,
        opening: &Opening,
    ) -> Result<Arc<dyn Datastore>, RecordError> {
        let mut options = self.options().with_timeout(opening.timeout);
        database.clone_into(&mut options.keyspace);
        match &opening.way {
            Way::Usual => {}
            Way::At(address) => options.hosts = vec![address.to_string()],
            _ => return Err(RecordError::unsupported("a way to open a keyspace")),
        }
        Ok(Arc::new(CassandraDatastore::open(options).await?))
    }

    async fn drop_database(&self, database: &str) -> Result<(), BoxError> {
        let connecting = async || connect_as(&self.options()).await;
        let session = self.session.get_or_try_init(connecting).await?;
        let cql = format!("DROP KEYSPACE IF EXISTS {database}");
        session.query_unpaged(cql, ()).await?;
        Ok(())
    }
}

/// A single node.
pub(crate) struct Cassandra {
    node: Shared,
    /// The proxy between the writers of the torture test and the node.
    proxy: OnceLock<(Runtime, LossyProxy)>,
}

impl Default for Cassandra {
    fn default() -> Self {
        Self {
            node: Shared::new("cassandra", VARIABLE),
            proxy: OnceLock::new(),
        }
    }
}

#[async_trait]
impl Server for Cassandra {
    fn name(&self) -> &'static str {
        self.node.name()
    }

    fn is_available(&self) -> bool {
        self.node.is_available()
    }

    fn address(&self) -> SocketAddr {
        self.node.address()
    }

    async fn open(&self, name: &str, opening: &Opening) -> Result<Arc<dyn Datastore>, RecordError> {
        self.node.open(name, opening).await
    }

    async fn drop_database(&self, database: &str) -> Result<(), BoxError> {
        self.node.drop_database(database).await
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

    async fn cut(&self, _: &str, at_most: u32) -> Result<usize, BoxError> {
        let (_, proxy) = self.proxy.get().ok_or("there is no proxy")?;
        Ok(proxy.cut(usize::try_from(at_most)?))
    }

    /// Loses the answer to a write, because there are no locks to take.
    async fn write_without_lock(&self, _: &str, _: &Table, _: Duration) -> Result<(), BoxError> {
        let (_, proxy) = self.proxy.get().ok_or("there is no proxy")?;
        proxy.lose_next();
        Ok(())
    }

    /// Connects the writers through a proxy that cuts their connections, because the server cannot.
    fn torture(&self) -> Torture {
        let (_, proxy) = self.proxy.get_or_init(|| {
            let runtime = Runtime::new().expect("the runtime starts");
            let starting = LossyProxy::start(self.address(), "Torture.Happened");
            let proxy = runtime.block_on(starting);
            (runtime, proxy)
        });
        Torture::from_env().with_variable(VARIABLE, format!("cassandra://{}/es", proxy.address()))
    }
}
