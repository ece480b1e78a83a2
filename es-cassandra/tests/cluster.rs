//! The torture test on three nodes, one of which is killed or paused while writers write and are
//! killed themselves.
//!
//! Every acknowledged append must be stored once, no refused append may be stored, and no sequence
//! may have a gap.
//!
//! `just cassandra-cluster` starts the nodes and runs the test. `ES_TORTURE_SECONDS` sets its
//! duration.

#[allow(dead_code, reason = "other tests need more")]
#[path = "suite/server.rs"]
mod server;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{BoxError, Datastore, RecordError, Table};
use es_testing::store::servers::{Opening, Server, Suite, service};
use es_testing::store::torture::Torture;
use server::Shared;
use tokio::time::sleep;

/// The environment variable with the URI of the nodes,
/// `cassandra://host:port,host:port,host:port/keyspace?replication_factor=3`.
const VARIABLE: &str = "ES_CASSANDRA_CLUSTER_URL";

/// The names of the nodes in `scripts/services.sh`. The test disturbs one after another.
const NODES: [&str; 3] = ["cassandra-2", "cassandra-3", "cassandra-1"];

/// Durations of an outage and of the time between outages; both are longer than the driver needs to
/// notice the change.
const OUTAGE: Duration = Duration::from_secs(6);
const RECOVERY: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let nodes = Shared::new("cassandra-cluster", VARIABLE);
    Suite::new(Cluster(nodes)).torture().run()
}

struct Cluster(Shared);

#[async_trait]
impl Server for Cluster {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is_available(&self) -> bool {
        self.0.is_available()
    }

    fn address(&self) -> SocketAddr {
        self.0.address()
    }

    async fn open(&self, name: &str, opening: &Opening) -> Result<Arc<dyn Datastore>, RecordError> {
        self.0.open(name, opening).await
    }

    async fn drop_database(&self, database: &str) -> Result<(), BoxError> {
        self.0.drop_database(database).await
    }

    /// Runs for a minute by default, with writers that live long enough to see an outage.
    fn torture(&self) -> Torture {
        let mut torture = Torture::from_env();
        if std::env::var_os("ES_TORTURE_SECONDS").is_none() {
            torture.duration = Duration::from_secs(60);
        }
        torture.kill_after = 2_000..6_000;
        torture
    }

    /// Pauses a node for some seconds. When all nodes are up again, kills another one and restarts
    /// it.
    async fn disturb(&self, _: &str, _: &Table, turn: u32, _: Duration) {
        let node = |next: usize| NODES[(turn as usize + next) % NODES.len()];
        for (start, node, end) in [("pause", node(0), "resume"), ("kill", node(1), "up")] {
            sleep(RECOVERY).await;
            log(start, node);
            service(start, node).await;
            sleep(OUTAGE).await;
            service(end, node).await;
            log(end, node);
        }
        sleep(RECOVERY).await;
    }
}

#[allow(clippy::print_stdout, reason = "a test prints")]
fn log(action: &str, node: &str) {
    println!("cluster: {action} {node}");
}
