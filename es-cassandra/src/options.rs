//! The options of a keyspace.

use std::time::Duration;

use es_store::Tls;
use scylla::statement::{Consistency, SerialConsistency};
use uuid::Uuid;

/// The options for opening a keyspace.
///
/// ```
/// use es_cassandra::{CassandraOptions, Replication};
///
/// let options = CassandraOptions::new(["db1.internal", "db2.internal:9043"], "shop")
///     .with_replication(Replication::Simple(3))
///     .with_credentials("app", "secret");
/// ```
///
/// # URIs
///
/// `cassandra://user:password@host:port,host:port/keyspace`. Every part is optional, as in
/// `cassandra:`. A missing part is taken from the environment, and otherwise has its default.
///
/// | parameter | variable | default |
/// |---|---|---|
/// | hosts | `CASSANDRA_HOSTS`, separated by commas | `127.0.0.1` |
/// | port of hosts without one | `CASSANDRA_PORT` | 9042 |
/// | keyspace | `CASSANDRA_KEYSPACE` | `eventsourcing` |
/// | `consistency`; in several data centres, record ids need `QUORUM` | `CASSANDRA_CONSISTENCY_LEVEL` | `LOCAL_QUORUM` |
/// | `serial_consistency`: `SERIAL` or `LOCAL_SERIAL` | | `SERIAL` |
/// | `replication_factor` of a keyspace that `setup` creates | `CASSANDRA_REPLICATION_FACTOR` | 1 |
/// | `replication`: the factor for each data centre, such as `dc1:3,dc2:3` | | |
/// | `datacenter`: the preferred data centre | | none |
/// | `protocol`: 3, 4 or 5 | `CASSANDRA_PROTOCOL_VERSION` | 4 |
/// | `application_sequence`: the id of the big array | | derived from the table's name |
/// | `sslmode`, `sslrootcert`: as in `postgresql:` URIs | | no TLS |
///
/// With TLS, the certificate of each node is checked against the node's IP address, even if the URI
/// names the host. The certificate must therefore list the address as a subject alternative name.
///
/// The driver always uses version 4 of the protocol, which Cassandra supports since 2.2. The
/// parameter exists for programs that share their settings with the Python library; it selects
/// nothing.
#[derive(Clone)]
#[non_exhaustive]
pub struct CassandraOptions {
    /// Contact points of the cluster, `host` or `host:port`. The driver discovers the other nodes.
    pub hosts: Vec<String>,
    /// The port of hosts without one. Default: 9042.
    pub port: u16,
    /// The keyspace: up to 48 letters, digits and underscores. `setup` creates it if it is absent.
    pub keyspace: String,
    /// The user and the password.
    pub credentials: Option<(String, String)>,
    /// The consistency level of reads and of commits of conditional writes. Reads see all completed
    /// writes only if the replicas of both overlap: `LOCAL_QUORUM` suffices within one data centre,
    /// several data centres need `QUORUM`. Default: `LOCAL_QUORUM`.
    pub consistency: Consistency,
    /// The consistency level at which conditional writes are decided: among the replicas of all
    /// data centres, or only of the local one. The local level is safe only if programs in other
    /// data centres do not write. Default: `SERIAL`.
    pub serial_consistency: SerialConsistency,
    /// The replication of a keyspace that `setup` creates. Default: one replica.
    pub replication: Replication,
    /// The preferred data centre. Nodes of other data centres are used if none of its nodes is
    /// available.
    pub datacenter: Option<String>,
    /// The id of the big array of the application sequence. If it is set, only one table of the
    /// datastore can have record ids. Default: derived from the name of the table.
    pub application_sequence: Option<Uuid>,
    /// The encryption of the connections. Default: none.
    pub tls: Tls,
    /// Timeout of connections and requests, and of the search for the outcome of a write without an
    /// answer. Default: 10 seconds.
    pub timeout: Duration,
}

/// The replication of a keyspace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replication {
    /// A number of replicas, regardless of data centres: `SimpleStrategy`.
    Simple(u16),
    /// A number of replicas for each data centre: `NetworkTopologyStrategy`.
    ByDatacenter(Vec<(String, u16)>),
}

pub(crate) const PORT: u16 = 9042;

impl CassandraOptions {
    /// Creates options for a keyspace of the cluster that these hosts belong to.
    #[must_use]
    pub fn new(
        hosts: impl IntoIterator<Item = impl Into<String>>,
        keyspace: impl Into<String>,
    ) -> Self {
        Self {
            hosts: hosts.into_iter().map(Into::into).collect(),
            port: PORT,
            keyspace: keyspace.into(),
            credentials: None,
            consistency: Consistency::LocalQuorum,
            serial_consistency: SerialConsistency::Serial,
            replication: Replication::Simple(1),
            datacenter: None,
            application_sequence: None,
            tls: Tls::Off,
            timeout: Duration::from_secs(10),
        }
    }

    /// Sets the user and the password.
    #[must_use]
    pub fn with_credentials(
        mut self,
        user: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// Sets the consistency level.
    #[must_use]
    pub fn with_consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// Sets the serial consistency level.
    #[must_use]
    pub fn with_serial_consistency(mut self, consistency: SerialConsistency) -> Self {
        self.serial_consistency = consistency;
        self
    }

    /// Sets the replication of a keyspace that `setup` creates.
    #[must_use]
    pub fn with_replication(mut self, replication: Replication) -> Self {
        self.replication = replication;
        self
    }

    /// Sets the preferred data centre.
    #[must_use]
    pub fn with_datacenter(mut self, datacenter: impl Into<String>) -> Self {
        self.datacenter = Some(datacenter.into());
        self
    }

    /// Sets the id of the big array of the application sequence.
    #[must_use]
    pub fn with_application_sequence(mut self, id: Uuid) -> Self {
        self.application_sequence = Some(id);
        self
    }

    /// Sets the encryption of the connections.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Sets the timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns the hosts, each with its port.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let with_port = |host: &String| {
            let has_port = match host.rsplit_once(':') {
                // An IPv6 address in brackets may end without a port.
                Some((name, port)) => {
                    port.parse::<u16>().is_ok() && (!name.contains(':') || name.ends_with(']'))
                }
                None => false,
            };
            if has_port {
                host.clone()
            } else if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]:{}", self.port)
            } else {
                format!("{host}:{}", self.port)
            }
        };
        self.hosts.iter().map(with_port).collect()
    }
}

/// Omits the password.
impl std::fmt::Debug for CassandraOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CassandraOptions")
            .field("hosts", &self.hosts)
            .field("keyspace", &self.keyspace)
            .field("consistency", &self.consistency)
            .field("serial_consistency", &self.serial_consistency)
            .field("replication", &self.replication)
            .field("tls", &self.tls)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_without_a_port_get_the_common_port() {
        let hosts = ["db", "db:1", "10.0.0.1", "::1", "[::1]", "[::1]:2"];
        assert_eq!(
            CassandraOptions::new(hosts, "es").addresses(),
            [
                "db:9042",
                "db:1",
                "10.0.0.1:9042",
                "[::1]:9042",
                "[::1]:9042",
                "[::1]:2"
            ]
        );
    }
}
