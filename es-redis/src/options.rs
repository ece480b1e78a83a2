//! The options of a connection to Redis.

use std::fmt;
use std::time::Duration;

use es_store::Tls;

/// The options of a connection to Redis.
///
/// ```
/// use es_redis::RedisOptions;
///
/// let options = RedisOptions::new("redis.internal", 6379)
///     .with_password("secret")
///     .with_database(2);
/// assert!(!format!("{options:?}").contains("secret"));
/// ```
///
/// # URIs
///
/// `redis://user:password@host:port/database`, or `rediss://` with TLS. Every part is optional, as
/// in `redis:`. The default host is `localhost`, the default port is 6379, and the default database
/// is 0. A password without a user is written `redis://:password@host`. Special characters are
/// percent-encoded.
///
/// | parameter | meaning |
/// |---|---|
/// | `sslmode=require`, `verify-full` | TLS, as by `rediss://`, with verification of the certificate and the host name |
/// | `sslrootcert=/path/ca.pem` | the trusted certificates, instead of those of the system |
#[derive(Clone)]
#[non_exhaustive]
pub struct RedisOptions {
    /// The host: a name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The number of the database.
    pub database: u32,
    /// The user. Default: the default user of the server.
    pub user: Option<String>,
    /// The password. No message contains it.
    pub password: Option<String>,
    /// The encryption of the connection. Default: none.
    pub tls: Tls,
    /// Timeout of a connection attempt. Default: 5 seconds.
    pub connect_timeout: Duration,
    /// Timeout of a request. Default: 5 seconds.
    pub answer_timeout: Duration,
}

impl RedisOptions {
    /// Creates options for a server.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            database: 0,
            user: None,
            password: None,
            tls: Tls::Off,
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(5),
        }
    }

    /// Sets the number of the database.
    #[must_use]
    pub fn with_database(mut self, database: u32) -> Self {
        self.database = database;
        self
    }

    /// Sets the user.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Sets the password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Sets the encryption of the connection.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Sets the timeout of a connection attempt.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the timeout of a request.
    #[must_use]
    pub fn with_answer_timeout(mut self, timeout: Duration) -> Self {
        self.answer_timeout = timeout;
        self
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = self.password.as_ref().map(|_| "…");
        f.debug_struct("RedisOptions")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("database", &self.database)
            .field("user", &self.user)
            .field("password", &secret)
            .field("tls", &self.tls)
            .field("connect_timeout", &self.connect_timeout)
            .field("answer_timeout", &self.answer_timeout)
            .finish()
    }
}
