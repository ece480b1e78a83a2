//! Errors of Redis and its driver, mapped according to the next step of the caller: by code, or by the text of a reply
//! that has no code of its own.

use std::{fmt, io};

use es_core::error::Error;
use es_store::{BoxError, RecordError};
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// An error of Redis or its driver. Its message names the cause and a remedy;
/// the driver's error is its source.
#[derive(Debug)]
pub struct RedisSequenceError {
    message: String,
    source: Option<BoxError>,
}

impl fmt::Display for RedisSequenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RedisSequenceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The failure of a request.
#[derive(Debug)]
pub(crate) enum RequestError {
    /// The server's certificate is not trusted.
    UntrustedCertificate(io::Error),
    Redis(RedisError),
}

impl RequestError {
    /// Maps the error of a stream that could not be opened.
    pub(crate) fn from_stream(error: io::Error) -> Self {
        if is_untrusted_certificate(&error) {
            Self::UntrustedCertificate(error)
        } else {
            Self::Redis(error.into())
        }
    }

    /// Creates the error of a request without an answer in time.
    pub(crate) fn timeout() -> Self {
        Self::Redis(io::Error::from(io::ErrorKind::TimedOut).into())
    }

    /// Returns whether the connection cannot be used any more.
    pub(crate) fn ends_connection(&self) -> bool {
        match self {
            Self::UntrustedCertificate(_) => true,
            Self::Redis(error) => error.is_io_error() || error.is_unrecoverable_error(),
        }
    }

    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Redis(error) if error.is_timeout())
    }
}

impl From<RedisError> for RequestError {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

#[cfg(feature = "tls")]
fn is_untrusted_certificate(error: &io::Error) -> bool {
    let source = error.get_ref().and_then(|source| source.downcast_ref());
    matches!(source, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(not(feature = "tls"))]
fn is_untrusted_certificate(_: &io::Error) -> bool {
    false
}

/// Creates the error of a negative counter, which cannot be the counter of an integer sequence.
pub(crate) fn negative_counter(server: &str, key: &str) -> Error {
    let message = format!(
        "the key `{key}` of Redis at {server} is below 0, so it is not the counter of an integer sequence; use another key, \
         or raise it with `at_least`"
    );
    permanent(message, None)
}

/// Maps the failure of a request to the error of a sequence.
pub(crate) fn sequence_error(server: &str, key: &str, error: RequestError) -> Error {
    let error = match error {
        RequestError::Redis(error) => error,
        RequestError::UntrustedCertificate(error) => {
            let message =
                format!("Redis at {server}: the server's certificate is not trusted: {error}");
            return permanent(message, Some(error.into()));
        }
    };
    let (message, is_permanent) = describe(key, &error);
    let message = format!("Redis at {server}: {message}");
    if is_permanent {
        permanent(message, Some(error.into()))
    } else {
        let source = Some(error.into());
        Error::Unavailable(Box::new(RedisSequenceError { message, source }))
    }
}

/// Creates an error that a retry cannot fix.
fn permanent(message: String, source: Option<BoxError>) -> Error {
    Error::Store(RecordError::Backend {
        operation: "access an integer sequence",
        source: Box::new(RedisSequenceError { message, source }),
    })
}

/// Returns the message of an error, and whether the error is permanent until its cause is fixed.
fn describe(key: &str, error: &RedisError) -> (String, bool) {
    let (message, is_permanent) = match (error.code(), error.kind()) {
        (Some("NOAUTH" | "WRONGPASS"), _) | (_, ErrorKind::AuthenticationFailed) => (
            "it refused the user or the password; set them as in `redis://user:password@host`",
            true,
        ),
        (Some("NOPERM"), _) => (
            "the user lacks the rights for the command; grant INCR, EVAL, GET and SET on the key",
            true,
        ),
        (Some("WRONGTYPE"), _) => return (not_a_number(key), true),
        (Some("OOM"), _) => (
            "its memory is full; raise `maxmemory` or remove other keys",
            false,
        ),
        (Some("MISCONF"), _) => (
            "it rejects writes because it cannot write to its disk; check the disk",
            false,
        ),
        (Some("MOVED" | "ASK" | "CROSSSLOT"), _) => (
            "it is a node of a cluster, and the key is on another node; use the address of that node",
            true,
        ),
        (_, ErrorKind::Server(ServerErrorKind::ReadOnly)) => {
            ("it is a replica; use the address of the primary", false)
        }
        (_, ErrorKind::Server(ServerErrorKind::BusyLoading)) => ("it is starting up", false),
        (_, ErrorKind::Server(ServerErrorKind::ResponseError)) => {
            return describe_by_text(key, error);
        }
        _ if error.is_timeout() => ("no answer came in time", false),
        _ if error.is_io_error() => ("it cannot be reached, or the connection was lost", false),
        _ => ("it rejected the command", false),
    };
    (message.to_owned(), is_permanent)
}

fn not_a_number(key: &str) -> String {
    format!("the value of the key `{key}` is not a whole number; use another key")
}

/// Describes an error without a code of its own. The server's texts have been the same since its
/// first releases.
fn describe_by_text(key: &str, error: &RedisError) -> (String, bool) {
    match error.detail() {
        Some(detail) if detail.contains("not an integer") => (not_a_number(key), true),
        Some(detail) if detail.contains("overflow") => (
            format!("the key `{key}` has reached the highest number"),
            true,
        ),
        Some(detail) if detail.contains("DB index") => (
            "it has no database of this number; check the URI or the `databases` setting"
                .to_owned(),
            true,
        ),
        _ => ("it rejected the command".to_owned(), true),
    }
}
