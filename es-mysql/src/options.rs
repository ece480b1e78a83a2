use std::time::Duration;

use mysql_async::{Opts, OptsBuilder};

/// Which database to open, and how.
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
/// `mysql://user:password@host:port/database`, with `mariadb://` and `mysql+pymysql://` as other spellings of the scheme.
/// Parameters are those of `mysql_async::Opts`, and
///
/// | parameter | meaning |
/// |---|---|
/// | `ssl-mode=DISABLED`, `PREFERRED` | no TLS, as where it is left out |
/// | `ssl-mode=REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY` | TLS, with the certificate and the name checked |
/// | `ssl-ca=/path/ca.pem` | the certificates to check against, in place of the usual ones |
#[derive(Clone)]
#[non_exhaustive]
pub struct MysqlOptions {
    /// Server, user, password, database, TLS and what else the driver knows. What it says of a pool is not used.
    pub server: Opts,
    /// How many connections read at once, at most. 8 by default. Each table that is written has one more of its own.
    pub connections: usize,
    /// How long to wait for a connection, and for others that write to the same table. 5 seconds by default.
    pub timeout: Duration,
}

impl MysqlOptions {
    /// The database that options of the driver name. Unless they say otherwise, a server that is silent for 30 seconds is
    /// asked whether it is still there.
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

    /// With another number of connections.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// With another timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

const SILENCE: Duration = Duration::from_secs(30);

pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Without the server's options, which may hold a password.
impl std::fmt::Debug for MysqlOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MysqlOptions")
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
