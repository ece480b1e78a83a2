//! Settings of URIs and of the environment, as a real server receives them.

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use crate::server::{Cassandra, connect, item};
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_store::{Datastore, ItemQuery, RecordManager, StoreUri, Table};
use es_testing::own_cases;
use es_testing::store::servers::{OwnCase, Server, text};
use uuid::Uuid;

/// Timeout of the search for the outcome of a write with too few replicas.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Set in a child process, which only opens `cassandra:` and so takes every setting from the
/// environment.
const CHILD: &str = "ES_CASSANDRA_SETTINGS";

pub(crate) const CASES: &[OwnCase] = own_cases![
    reads_use_the_configured_consistency_level,
    writes_use_the_configured_consistency_level,
    conditional_writes_use_the_configured_serial_consistency_level,
    a_keyspace_is_created_with_the_configured_replication,
    the_configured_data_centre_is_preferred_but_not_required,
    every_protocol_version_of_current_servers_is_accepted,
    missing_parts_of_a_uri_come_from_the_environment,
    an_existing_keyspace_keeps_its_replication,
];

/// Returns true if this process was started to open `cassandra:`.
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

fn uri(keyspace: &str, query: &str) -> String {
    format!(
        "cassandra://{}/{keyspace}?{query}",
        Cassandra::default().address()
    )
}

/// Opens a URI, and creates a table of events without record ids, which would need stronger
/// consistency levels.
async fn events(uri: &str) -> Result<Arc<dyn RecordManager>, String> {
    let uri = StoreUri::parse(uri).map_err(|error| text(&error))?;
    let options = CassandraOptions::try_from(&uri).map_err(|error| text(&error))?;
    let store = CassandraDatastore::open(options.with_timeout(TIMEOUT)).await;
    let store = store.map_err(|error| text(&error))?;
    let table = Table::stored_events().without_record_ids();
    let events = store.record_manager(table).await;
    let events = events.map_err(|error| text(&error))?;
    events.setup().await.map_err(|error| text(&error))?;
    Ok(events)
}

async fn append(uri: &str) -> Result<(), String> {
    let item = item(Uuid::new_v4(), 0);
    let appended = events(uri).await?.append(vec![item].into()).await;
    appended.map(drop).map_err(|error| text(&error))
}

async fn read(uri: &str) -> Result<(), String> {
    let query = ItemQuery::new(Uuid::new_v4());
    let read = events(uri).await?.items(query).await;
    read.map(drop).map_err(|error| text(&error))
}

/// Checks the error of a server with one of three replicas: it names the consistency level and the
/// replicas that it needs.
fn assert_lacks_replicas(message: Result<(), String>, consistency: &str, required: u32) {
    let message = message.expect_err(consistency);
    assert!(message.contains("too few replicas are up"), "{message}");
    let expected = format!("consistency: {consistency}, required: {required}, alive: 1");
    assert!(message.contains(&expected), "{expected}: {message}");
}

async fn reads_use_the_configured_consistency_level(keyspace: String) {
    let with = |consistency| {
        uri(
            &keyspace,
            &format!("replication_factor=3&consistency={consistency}"),
        )
    };
    for level in ["ONE", "LOCAL_ONE"] {
        read(&with(level)).await.expect(level);
    }
    for (name, consistency, required) in [
        ("TWO", "Two", 2),
        ("THREE", "Three", 3),
        ("QUORUM", "Quorum", 2),
        ("LOCAL_QUORUM", "LocalQuorum", 2),
        ("ALL", "All", 3),
    ] {
        assert_lacks_replicas(read(&with(name)).await, consistency, required);
    }
    let default = read(&uri(&keyspace, "replication_factor=3")).await;
    assert_lacks_replicas(default, "LocalQuorum", 2);
}

/// One node does not report how many replicas acknowledged a write. But it rejects `EACH_QUORUM`
/// for some keyspaces.
async fn writes_use_the_configured_consistency_level(keyspace: String) {
    for level in ["ONE", "QUORUM", "LOCAL_QUORUM", "ALL"] {
        let with = uri(&keyspace, &format!("consistency={level}"));
        append(&with).await.expect(level);
    }
    let each = "consistency=EACH_QUORUM&replication=datacenter1:1";
    let message = append(&uri(&keyspace, each)).await;
    let message = message.expect_err("the keyspace was created without data centres");
    assert!(message.contains("EACH_QUORUM not compatible"), "{message}");
    let removed = Cassandra::default().drop_database(&keyspace).await;
    removed.expect("dropped");
    append(&uri(&keyspace, each))
        .await
        .expect("the append succeeds");
}

/// The server reports the serial consistency level as the ordinary level of the same strength.
async fn conditional_writes_use_the_configured_serial_consistency_level(keyspace: String) {
    for (parameter, consistency) in [
        ("serial_consistency=SERIAL", "Quorum"),
        ("serial_consistency=LOCAL_SERIAL", "LocalQuorum"),
        ("", "Quorum"),
    ] {
        let with = format!("replication_factor=3&consistency=ONE&{parameter}");
        assert_lacks_replicas(append(&uri(&keyspace, &with)).await, consistency, 2);
    }
}

async fn replication(keyspace: &str) -> String {
    let cql = "SELECT replication['class'], replication['replication_factor'], replication['datacenter1'] FROM \
               system_schema.keyspaces WHERE keyspace_name = ?";
    let row = connect().await.query_unpaged(cql, (keyspace,)).await;
    let row = row.expect("read").into_rows_result().expect("rows");
    let (class, factor, centre) = row
        .first_row::<(String, Option<String>, Option<String>)>()
        .expect("the keyspace");
    let class = class.rsplit('.').next().unwrap_or_default();
    format!("{class} {factor:?} {centre:?}")
}

async fn a_keyspace_is_created_with_the_configured_replication(keyspace: String) {
    for (query, expected) in [
        ("", "SimpleStrategy Some(\"1\") None"),
        (
            "replication_factor=2&consistency=ONE",
            "SimpleStrategy Some(\"2\") None",
        ),
        (
            "replication=datacenter1:1",
            "NetworkTopologyStrategy None Some(\"1\")",
        ),
    ] {
        let read = read(&uri(&keyspace, query)).await;
        read.expect(query);
        assert_eq!(replication(&keyspace).await, expected, "{query}");
        let removed = Cassandra::default().drop_database(&keyspace).await;
        removed.expect("dropped");
    }
    let refused = read(&uri(&keyspace, "replication=elsewhere:1")).await;
    let refused = refused.expect_err("there is no such data centre");
    assert!(refused.contains("elsewhere"), "{refused}");
}

async fn an_existing_keyspace_keeps_its_replication(keyspace: String) {
    append(&uri(&keyspace, ""))
        .await
        .expect("the append succeeds");
    append(&uri(&keyspace, "replication_factor=3"))
        .await
        .expect("the append succeeds");
    assert_eq!(
        replication(&keyspace).await,
        "SimpleStrategy Some(\"1\") None"
    );
}

/// One node shows only that a missing data centre does not prevent requests to others.
async fn the_configured_data_centre_is_preferred_but_not_required(keyspace: String) {
    for centre in ["datacenter1", "elsewhere"] {
        let with = uri(&keyspace, &format!("datacenter={centre}"));
        append(&with).await.expect(centre);
    }
}

async fn every_protocol_version_of_current_servers_is_accepted(keyspace: String) {
    for version in [3, 4, 5] {
        let with = uri(&keyspace, &format!("protocol={version}"));
        append(&with).await.expect("the append succeeds");
    }
}

pub(crate) fn child() -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    let outcome = runtime.block_on(async {
        read("cassandra:").await?;
        append("cassandra:").await
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            print_error(&message);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout, reason = "another process reads it")]
fn print_error(message: &str) {
    println!("{message}");
}

/// Runs a child process with these variables, and returns its error.
fn error_with(variables: &[(&str, &str)]) -> Option<String> {
    let program = std::env::current_exe().expect("the path of this program");
    let mut child = Command::new(program);
    child.env(CHILD, "1").envs(variables.iter().copied());
    let output = child.output().expect("the child starts");
    let message = String::from_utf8_lossy(&output.stdout).into_owned();
    (!output.status.success()).then_some(message)
}

async fn missing_parts_of_a_uri_come_from_the_environment(keyspace: String) {
    let address = Cassandra::default().address();
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let variables = [
        ("CASSANDRA_HOSTS", &*host),
        ("CASSANDRA_PORT", &*port),
        ("CASSANDRA_KEYSPACE", &*keyspace),
        ("CASSANDRA_REPLICATION_FACTOR", "1"),
        ("CASSANDRA_CONSISTENCY_LEVEL", "QUORUM"),
        ("CASSANDRA_PROTOCOL_VERSION", "4"),
    ];
    assert_eq!(error_with(&variables), None);
    assert_eq!(
        replication(&keyspace).await,
        "SimpleStrategy Some(\"1\") None"
    );
    let with = |name: &'static str, value: &'static str| {
        let mut variables = variables;
        for variable in &mut variables {
            if variable.0 == name {
                variable.1 = value;
            }
        }
        error_with(&variables).expect(name)
    };
    let message = with("CASSANDRA_CONSISTENCY_LEVEL", "TWO");
    assert!(
        message.contains("consistency: Two, required: 2"),
        "{message}"
    );
    let message = with("CASSANDRA_PORT", "1");
    assert!(message.contains("can be reached"), "{message}");
    let message = with("CASSANDRA_HOSTS", "127.0.0.9");
    assert!(message.contains("can be reached"), "{message}");
    let message = with("CASSANDRA_KEYSPACE", "no name");
    assert!(message.contains("no name"), "{message}");
    let message = with("CASSANDRA_PROTOCOL_VERSION", "2");
    assert!(message.contains("CASSANDRA_PROTOCOL_VERSION"), "{message}");
    let removed = Cassandra::default().drop_database(&keyspace).await;
    removed.expect("dropped");
    let message = with("CASSANDRA_REPLICATION_FACTOR", "3");
    assert!(
        message.contains("consistency: Quorum, required: 2"),
        "{message}"
    );
    assert_eq!(
        replication(&keyspace).await,
        "SimpleStrategy Some(\"3\") None"
    );
}
