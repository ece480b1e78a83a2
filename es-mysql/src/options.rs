//! The options of a `MySQL` or `MariaDB` database.

use std::time::Duration;

use mysql_async::{Opts, OptsBuilder};

/// The options of a database: its server, and how its connections are used.
///
/// ```
/// use es_mysql::{MysqlOptions, mysql_async::OptsBuilder};
///
/// let server = OptsBuilder::default()
///     .ip_or_hostname("db.internal")
///     .user(Some("app"))
///     .db_name(Some("shop"));
/// let options = MysqlOptions::new(server.into()).with_connections(16);
/// ```
///
/// # URIs
///
/// `mysql://user:password@host:port/database`, with `mariadb://` and `mysql+pymysql://` as other
/// spellings of the scheme. Parameters are those of `mysql_async::Opts`, and
///
/// | parameter | meaning |
/// |---|---|
/// | `ssl-mode=DISABLED`, `PREFERRED` | no TLS, the default |
/// | `ssl-mode=REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY` | TLS; the certificate and the name are checked |
/// | `ssl-ca=/path/ca.pem` | the trusted certificates, instead of the driver's built-in ones |
#[derive(Clone)]
#[non_exhaustive]
pub struct MysqlOptions {
    /// Server, user, password, database, TLS and the other settings of the driver. Its settings of
    /// a pool are not used.
    pub server: Opts,
    /// Maximum number of connections that read at once. Default: 8. Each table that is written has
    /// one more.
    pub connections: usize,
    /// Timeout of a connection, and of the lock of a table that others write to. Default: 5
    /// seconds.
    pub timeout: Duration,
}

impl MysqlOptions {
    /// Creates options from the driver's. Unless these say otherwise, TCP keepalive begins when the server is silent for 30 seconds.
    #[must_use]
    pub fn new(server: Opts) -> Self {
        let keepalive = server.tcp_keepalive().unwrap_or(SILENCE);
        let server = OptsBuilder::from_opts(server).tcp_keepalive(Some(keepalive));
        Self {
            server: server.into(),
            connections: 8,
            timeout: TIMEOUT,
        }
    }

    /// Sets the maximum number of connections that read at once.
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
}

const SILENCE: Duration = Duration::from_secs(30);

pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Omits the server's options, which may hold a password.
impl std::fmt::Debug for MysqlOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MysqlOptions")
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
