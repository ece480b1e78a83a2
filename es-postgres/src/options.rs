use std::time::Duration;

use es_store::kit::Tls;
use tokio_postgres::Config;

/// Which database to open, and how.
///
/// ```
/// use es_postgres::{PostgresOptions, tokio_postgres::Config};
///
/// let mut config = Config::new();
/// config.host("db.internal").dbname("shop").user("app");
/// let options = PostgresOptions::new(config).with_connections(16);
/// ```
///
/// # URIs
///
/// `postgresql://user:password@host:port/database`, with `postgres://` and `postgresql+psycopg2://` as other spellings of
/// the scheme. Parameters are those of `tokio_postgres::Config` (`host`, `application_name`, `connect_timeout` …), and
///
/// | parameter | meaning |
/// |---|---|
/// | `sslmode=disable`, `allow`, `prefer` | no TLS, as where it is left out |
/// | `sslmode=require`, `verify-ca`, `verify-full` | TLS, with the certificate and the name checked |
/// | `sslrootcert=/path/ca.pem` | the certificates to check against, in place of the system's |
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Server, user, password, database and what else the driver knows. Its `ssl_mode` is set from `tls`.
    pub config: Config,
    /// Whether the connections are encrypted.
    pub tls: Tls,
    /// How many connections the pool has at most. 8 by default. Each table that is written has one more of its own, and
    /// so has each whose followers are woken up.
    pub connections: usize,
    /// How long to wait for a connection, and for others that write to the same table. 5 seconds by default.
    pub patience: Duration,
    /// How followers in other processes learn of commits.
    pub notify: Notify,
}

/// How followers in other processes learn of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// A notification goes to the channel `es_<table>` after commits, at most once in this time.
    Every(Duration),
    /// They look from time to time.
    Off,
}

impl Default for Notify {
    fn default() -> Self {
        Self::Every(Duration::from_millis(20))
    }
}

impl PostgresOptions {
    /// The database that a configuration of the driver names. Unless it says otherwise, a connection whose server is
    /// silent for 30 seconds is given up.
    #[must_use]
    pub fn new(mut config: Config) -> Self {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("es");
        }
        // A server that vanished without a word must not hold up those who wait for an answer.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
            config.keepalives_idle(config.get_keepalives_idle().min(SILENCE));
        }
        Self {
            config,
            tls: Tls::Off,
            connections: 8,
            patience: PATIENCE,
            notify: Notify::default(),
        }
    }

    /// With or without TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// With another number of connections.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// With another patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// With another way of telling followers.
    #[must_use]
    pub fn with_notify(mut self, notify: Notify) -> Self {
        self.notify = notify;
        self
    }
}

const SILENCE: Duration = Duration::from_secs(30);

pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Without the configuration, which may hold a password.
impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("tls", &self.tls)
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}
