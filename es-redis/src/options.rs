use std::fmt;
use std::time::Duration;

use es_store::Tls;

/// Which Redis to ask, and how.
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
/// `redis://user:password@host:port/database`; `rediss://` with TLS. The host is `localhost`, the port 6379, the database 0
/// where they are left out, as in `redis:`; a password without a user is `redis://:password@host`. What is special in a
/// URI is written as `%` and two hexadecimal digits.
///
/// | parameter | meaning |
/// |---|---|
/// | `sslmode=require`, `verify-full` | TLS, as by `rediss://`, with the certificate and the name checked |
/// | `sslrootcert=/path/ca.pem` | the certificates to check against, in place of the system's |
#[derive(Clone)]
#[non_exhaustive]
pub struct RedisOptions {
    /// A name or an address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The number of the database.
    pub database: u32,
    /// The user, of servers that have several.
    pub user: Option<String>,
    /// The password. It stands in no message.
    pub password: Option<String>,
    /// Whether the connection is encrypted.
    pub tls: Tls,
    /// How long to wait for a connection. 5 seconds by default.
    pub connect_timeout: Duration,
    /// How long to wait for an answer. 5 seconds by default.
    pub answer_timeout: Duration,
}

impl RedisOptions {
    /// The server there.
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

    /// With another database than 0.
    #[must_use]
    pub fn with_database(mut self, database: u32) -> Self {
        self.database = database;
        self
    }

    /// As this user.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// With this password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// Encrypted, or not.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Waits so long for a connection.
    #[must_use]
    pub fn with_connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// Waits so long for an answer.
    #[must_use]
    pub fn with_answer_timeout(mut self, time: Duration) -> Self {
        self.answer_timeout = time;
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
