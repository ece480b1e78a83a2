//! A keyspace for each part of the benchmark.

use std::sync::Arc;
use std::time::Duration;

use es_cassandra::scylla::client::execution_profile::ExecutionProfile;
use es_cassandra::scylla::client::session::Session;
use es_cassandra::scylla::client::session_builder::SessionBuilder;
use es_cassandra::scylla::policies::load_balancing::DefaultPolicy;
use es_cassandra::scylla::policies::retry::FallthroughRetryPolicy;
use es_cassandra::scylla::statement::{Consistency, SerialConsistency};
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_core::domain::Salt;
use es_core::event_store::Mapper;
use es_store::{Position, SequencedItem, StoreUri, Table, TableAdministration, Topic};
use es_structures::application_sequence::PositionedRecords;
use uuid::Uuid;

const VARIABLE: &str = "ES_CASSANDRA_URL";

pub(crate) fn is_available() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

pub(crate) struct Keyspace {
    pub(crate) name: String,
    /// A session of the driver alone, with the same settings.
    pub(crate) session: Arc<Session>,
}

impl Keyspace {
    pub(crate) async fn new() -> Self {
        let name = format!("es_bench_{}", Uuid::new_v4().simple());
        let session = connect(&options(&name)).await;
        Self {
            name,
            session: Arc::new(session),
        }
    }

    /// Opens the keyspace again.
    pub(crate) async fn open(&self) -> CassandraDatastore {
        let opened = CassandraDatastore::open(options(&self.name)).await;
        opened.expect("the store opens")
    }

    /// Opens a table with record ids again.
    pub(crate) async fn positioned(&self, table: &Table) -> Arc<PositionedRecords> {
        let datastore = self.open().await;
        let records = datastore.positioned(table.clone(), Mapper::new(), Salt::none());
        let records = records.await.expect("the table opens");
        records.setup().await.expect("the table is created");
        records
    }

    pub(crate) async fn change(&self, cql: &str) {
        let changed = self.session.query_unpaged(cql, ()).await;
        changed.expect("changed");
    }

    pub(crate) async fn drop(self) {
        self.change(&format!("DROP KEYSPACE IF EXISTS {}", self.name))
            .await;
    }
}

fn options(keyspace: &str) -> CassandraOptions {
    let uri = std::env::var(VARIABLE).expect("the variable is set");
    let uri = StoreUri::parse(&uri).expect("a URI");
    let mut options = CassandraOptions::try_from(&uri).expect("an address");
    keyspace.clone_into(&mut options.keyspace);
    options.timeout = Duration::from_secs(60);
    options
}

async fn connect(options: &CassandraOptions) -> Session {
    let profile = ExecutionProfile::builder()
        .consistency(Consistency::LocalQuorum)
        .serial_consistency(Some(SerialConsistency::Serial))
        .request_timeout(Some(options.timeout))
        .retry_policy(Arc::new(FallthroughRetryPolicy::new()))
        .load_balancing_policy(DefaultPolicy::builder().token_aware(true).build())
        .build();
    let builder = SessionBuilder::new()
        .known_nodes(&options.hosts)
        .default_execution_profile_handle(profile.into_handle());
    builder
        .build()
        .await
        .expect("the server accepts the connection")
}

/// An event of 144 bytes.
pub(crate) fn item(sequence_id: Uuid, position: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(position),
        topic: Topic::new("World.SomethingHappened"),
        data: "x".repeat(144).into(),
    }
}
