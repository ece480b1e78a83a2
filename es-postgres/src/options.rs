//! The options of a `PostgreSQL` database.

use std::time::Duration;

use es_store::Tls;
use tokio_postgres::Config;

/// The options of a database: its server, and how its connections are used.
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
/// `postgresql://user:password@host:port/database`, with `postgres://` and `postgresql+psycopg2://`
/// as other spellings of the scheme. Several hosts are separated by commas. Parameters are those of
/// `tokio_postgres::Config` (`host`, `application_name`, `connect_timeout` …), and
///
/// | parameter | meaning |
/// |---|---|
/// | `sslmode=disable`, `allow`, `prefer` | no TLS, the default |
/// | `sslmode=require`, `verify-ca`, `verify-full` | TLS; the certificate and the name are checked |
/// | `sslrootcert=/path/ca.pem` | the trusted certificates, instead of those of the system |
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Server, user, password, database and the other settings of the driver. Its `ssl_mode` is set
    /// from `tls`.
    pub config: Config,
    /// TLS, or none.
    pub tls: Tls,
    /// Maximum number of connections in the pool. Default: 8. Each table that is written has one
    /// more, and so has each table with followers.
    pub connections: usize,
    /// Timeout of a connection, and of the lock of a table that others write to. Default: 5
    /// seconds.
    pub timeout: Duration,
    /// The notification of followers in other processes.
    pub notify: Notify,
}

/// The notification of followers in other processes of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// Notifies the channel `es_<table>` after commits, at most once in this time.
    Every(Duration),
    /// Does not notify: followers poll.
    Off,
}

impl Default for Notify {
    fn default() -> Self {
        Self::Every(Duration::from_millis(20))
    }
}

impl PostgresOptions {
    /// Creates options from the driver's. Unless these say otherwise, a connection is closed when its server is silent for 30
    /// seconds.
    #[must_use]
    pub fn new(mut config: Config) -> Self {
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("es");
        }
        // Calls must not wait for ever for a server that vanished without closing its connections.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
            config.keepalives_idle(config.get_keepalives_idle().min(SILENCE));
        }
        Self {
            config,
            tls: Tls::Off,
            connections: 8,
            timeout: TIMEOUT,
            notify: Notify::default(),
        }
    }

    /// Sets whether connections use TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Sets the maximum number of connections in the pool.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Sets the timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how followers in other processes are notified.
    #[must_use]
    pub fn with_notify(mut self, notify: Notify) -> Self {
        self.notify = notify;
        self
    }
}

/// Time after which a silent server counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Omits the configuration, which may hold a password.
impl std::fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("tls", &self.tls)
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}
