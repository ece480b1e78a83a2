use std::time::Duration;

use es_store::Tls;
use scylla::statement::{Consistency, SerialConsistency};
use uuid::Uuid;

/// Which keyspace to open, and how.
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
/// `cassandra://user:password@host:port,host:port/keyspace`. All of it can be left out, as in `cassandra:`: what the URI does
/// not say is taken from the environment, and then from the default.
///
/// | parameter | variable | default |
/// |---|---|---|
/// | the hosts | `CASSANDRA_HOSTS`, separated by commas | `127.0.0.1` |
/// | the port of hosts without one | `CASSANDRA_PORT` | 9042 |
/// | the keyspace | `CASSANDRA_KEYSPACE` | `eventsourcing` |
/// | `consistency`; in several data centres, record ids need `QUORUM` | `CASSANDRA_CONSISTENCY_LEVEL` | `LOCAL_QUORUM` |
/// | `serial_consistency`: `SERIAL` or `LOCAL_SERIAL` | | `SERIAL` |
/// | `replication_factor`: of a keyspace that is made | `CASSANDRA_REPLICATION_FACTOR` | 1 |
/// | `replication`: the same for each data centre, as `dc1:3,dc2:3` | | |
/// | `datacenter`: whose nodes are asked first | | none |
/// | `protocol`: 3, 4 or 5 | `CASSANDRA_PROTOCOL_VERSION` | 4 |
/// | `application_sequence`: the id of the big array | | made of the table's name |
/// | `sslmode`, `sslrootcert`: as in `postgresql:` URIs | | no TLS |
///
/// With TLS, the certificate of each node is checked against its IP address, also where a host is given by its name: it takes
/// the address as one of its names.
///
/// The driver speaks version 4 of the protocol, which every server knows that knows version 3; the parameter is there for
/// programs that share their settings with Python's.
#[derive(Clone)]
#[non_exhaustive]
pub struct CassandraOptions {
    /// Some nodes of the cluster, `host` or `host:port`; the others are found out.
    pub hosts: Vec<String>,
    /// The port of hosts that say none.
    pub port: u16,
    /// The keyspace: letters, digits and underscores, 48 at most. `setup` makes it where it is absent.
    pub keyspace: String,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// How many nodes answer a read, and take note of a write that was decided. For reads to see what was written,
    /// these must overlap, as those of `LOCAL_QUORUM` do within one data centre, and those of `QUORUM` in several.
    pub consistency: Consistency,
    /// Among which nodes it is decided whether a position is taken: those of all data centres, or of the nearest, which is
    /// only right where no other one writes.
    pub serial_consistency: SerialConsistency,
    /// How a keyspace that is made is replicated.
    pub replication: Replication,
    /// The data centre whose nodes are asked first.
    pub datacenter: Option<String>,
    /// The id of the big array of the application sequence; unless told one that is made of the name of the events' table.
    /// Where it is set, one table of the datastore has record ids.
    pub application_sequence: Option<Uuid>,
    /// Whether the connections are encrypted.
    pub tls: Tls,
    /// How long to wait for a connection or an answer, and how long to look for what became of a write without an answer.
    /// 10 seconds by default.
    pub timeout: Duration,
}

/// How a keyspace is replicated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replication {
    /// On as many nodes, wherever they stand.
    Simple(u16),
    /// On as many nodes of each data centre.
    ByDatacenter(Vec<(String, u16)>),
}

pub(crate) const PORT: u16 = 9042;

impl CassandraOptions {
    /// A keyspace of a cluster, of which some nodes are given.
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

    /// With a user and a password.
    #[must_use]
    pub fn with_credentials(
        mut self,
        user: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }

    /// With another consistency.
    #[must_use]
    pub fn with_consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// With another serial consistency.
    #[must_use]
    pub fn with_serial_consistency(mut self, consistency: SerialConsistency) -> Self {
        self.serial_consistency = consistency;
        self
    }

    /// With another replication of a keyspace that is made.
    #[must_use]
    pub fn with_replication(mut self, replication: Replication) -> Self {
        self.replication = replication;
        self
    }

    /// With a data centre whose nodes are asked first.
    #[must_use]
    pub fn with_datacenter(mut self, datacenter: impl Into<String>) -> Self {
        self.datacenter = Some(datacenter.into());
        self
    }

    /// With another id of the big array of the application sequence.
    #[must_use]
    pub fn with_application_sequence(mut self, id: Uuid) -> Self {
        self.application_sequence = Some(id);
        self
    }

    /// With or without TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// With another timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The hosts, each with its port.
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

/// Without the password.
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
    fn hosts_without_a_port_have_that_of_all() {
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
