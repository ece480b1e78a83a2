//! What Redis and its driver say, by what the caller does next.

use std::{fmt, io};

use es_core::error::Error;
use es_store::{BoxError, RecordError};
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// An error of Redis, in words that say what to look at.
#[derive(Debug)]
pub struct RedisSequenceError {
    what: String,
    source: Option<BoxError>,
}

impl fmt::Display for RedisSequenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for RedisSequenceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What came in place of an answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The server's certificate is not trusted.
    Untrusted(io::Error),
    Redis(RedisError),
}

impl Fault {
    /// Of a stream that could not be made.
    pub(crate) fn of_stream(error: io::Error) -> Self {
        if is_distrust(&error) {
            Self::Untrusted(error)
        } else {
            Self::Redis(error.into())
        }
    }

    /// No time was left for an answer.
    pub(crate) fn silence() -> Self {
        Self::Redis(io::Error::from(io::ErrorKind::TimedOut).into())
    }

    /// Whether the connection is of no use any more.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Untrusted(_) => true,
            Self::Redis(error) => error.is_io_error() || error.is_unrecoverable_error(),
        }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Redis(error) if error.is_timeout())
    }
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

#[cfg(feature = "tls")]
fn is_distrust(error: &io::Error) -> bool {
    let source = error.get_ref().and_then(|source| source.downcast_ref());
    matches!(source, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(not(feature = "tls"))]
fn is_distrust(_: &io::Error) -> bool {
    false
}

/// A counter that no sequence has.
pub(crate) fn not_a_counter(server: &str, key: &str) -> Error {
    let what = format!(
        "the key `{key}` of Redis at {server} stands below 0: it is the counter of something else; take another key, or \
         raise it by `at_least`"
    );
    lasting(what, None)
}

/// Maps what came in place of an answer.
pub(crate) fn failure(server: &str, key: &str, fault: Fault) -> Error {
    let error = match fault {
        Fault::Redis(error) => error,
        Fault::Untrusted(error) => {
            let what =
                format!("Redis at {server}: the server's certificate is not trusted: {error}");
            return lasting(what, Some(error.into()));
        }
    };
    let (what, is_lasting) = describe(key, &error);
    let what = format!("Redis at {server}: {what}");
    if is_lasting {
        lasting(what, Some(error.into()))
    } else {
        let source = Some(error.into());
        Error::Unavailable(Box::new(RedisSequenceError { what, source }))
    }
}

fn lasting(what: String, source: Option<BoxError>) -> Error {
    Error::Store(RecordError::Backend {
        operation: "take a number of an integer sequence",
        source: Box::new(RedisSequenceError { what, source }),
    })
}

/// What to look at, and whether it stays so until somebody does.
fn describe(key: &str, error: &RedisError) -> (String, bool) {
    let (what, is_lasting) = match (error.code(), error.kind()) {
        (Some("NOAUTH" | "WRONGPASS"), _) | (_, ErrorKind::AuthenticationFailed) => (
            "it refused the user or the password, as in `redis://user:password@host`",
            true,
        ),
        (Some("NOPERM"), _) => (
            "the user lacks the right to do that: it takes INCR, and EVAL with GET and SET, on the key",
            true,
        ),
        (Some("WRONGTYPE"), _) => return (no_counter(key), true),
        (Some("OOM"), _) => (
            "its memory is full: raise `maxmemory`, or remove what is not needed",
            false,
        ),
        (Some("MISCONF"), _) => (
            "it cannot write to its disk, and so takes nothing new",
            false,
        ),
        (Some("MOVED" | "ASK" | "CROSSSLOT"), _) => (
            "it is a node of a cluster, and the key is on another: name that node",
            true,
        ),
        (_, ErrorKind::Server(ServerErrorKind::ReadOnly)) => {
            ("it is a replica: name the server that is written to", false)
        }
        (_, ErrorKind::Server(ServerErrorKind::BusyLoading)) => ("it is starting up", false),
        (_, ErrorKind::Server(ServerErrorKind::ResponseError)) => return refused(key, error),
        _ if error.is_timeout() => ("no answer came in time", false),
        _ if error.is_io_error() => ("it cannot be reached, or the connection was lost", false),
        _ => ("it refused the work", false),
    };
    (what.to_owned(), is_lasting)
}

fn no_counter(key: &str) -> String {
    format!("the key `{key}` holds something that is no whole number: take another key")
}

/// What has no code of its own. The server's texts have been the same since its first releases.
fn refused(key: &str, error: &RedisError) -> (String, bool) {
    match error.detail() {
        Some(detail) if detail.contains("not an integer") => (no_counter(key), true),
        Some(detail) if detail.contains("overflow") => (
            format!("the key `{key}` stands at the highest number there is"),
            true,
        ),
        Some(detail) if detail.contains("DB index") => {
            ("it has no database of this number".to_owned(), true)
        }
        _ => ("it refused the work".to_owned(), true),
    }
}
