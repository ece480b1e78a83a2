//! What `PostgreSQL` says, by what the caller does next.

use std::fmt;

use deadpool_postgres::PoolError;
use es_store::{BoxError, RecordError};
use tokio_postgres::error::{Severity, SqlState};

/// An error of `PostgreSQL`, in words that say what to look at.
#[derive(Debug)]
pub struct PostgresError {
    what: String,
    source: BoxError,
}

impl fmt::Display for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for PostgresError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// Whether a statement failed as a position or a record id is taken.
pub(crate) fn is_taken(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::UNIQUE_VIOLATION)
}

/// Whether the connection is gone, so that nobody knows what became of the statements sent by it.
pub(crate) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        None => true,
        Some(error) => {
            let code = error.code().code();
            matches!(
                error.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            ) || code.starts_with("57P")
                || code.starts_with("08")
        }
    }
}

/// Whether the server does not know a table or column that a statement names.
pub(crate) fn is_of_schema(error: &tokio_postgres::Error) -> bool {
    matches!(
        error.code(),
        Some(
            &SqlState::UNDEFINED_TABLE
                | &SqlState::UNDEFINED_COLUMN
                | &SqlState::UNDEFINED_FUNCTION
                | &SqlState::DATATYPE_MISMATCH
                | &SqlState::CANNOT_COERCE
                | &SqlState::NOT_NULL_VIOLATION
        )
    )
}

/// Maps an error by its code.
pub(crate) fn record_error(operation: &'static str, error: tokio_postgres::Error) -> RecordError {
    let code = error.code().cloned();
    let lost = is_lost(&error);
    let what = describe(code.as_ref());
    let source: BoxError = Box::new(PostgresError {
        what: what.to_owned(),
        source: error.into(),
    });
    match code {
        Some(SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::PROGRAM_LIMIT_EXCEEDED) => {
            RecordError::Invalid {
                reason: what.to_owned(),
            }
        }
        Some(code) if is_for_good(&code) => RecordError::Backend { operation, source },
        Some(code) if lost || is_passing(&code) => RecordError::Unavailable { source },
        None => RecordError::Unavailable { source },
        Some(_) => RecordError::Backend { operation, source },
    }
}

/// Maps what stands in the way of a connection.
pub(crate) fn pool_error(operation: &'static str, error: PoolError) -> RecordError {
    match error {
        PoolError::Backend(error) => connect_error(operation, error),
        PoolError::Closed => RecordError::Closed,
        other => RecordError::Unavailable {
            source: Box::new(PostgresError {
                what: "no connection could be had in time: all are in use, or the server does not answer"
                    .to_owned(),
                source: other.into(),
            }),
        },
    }
}

/// Maps what stands in the way of a new connection.
pub(crate) fn connect_error(operation: &'static str, error: tokio_postgres::Error) -> RecordError {
    if let Some(distrust) = distrust(&error) {
        return RecordError::Backend {
            operation,
            source: Box::new(PostgresError {
                what: format!("the server's certificate is not trusted: {distrust}"),
                source: error.into(),
            }),
        };
    }
    // Settings that no server can change: a missing password, TLS that is not to be had.
    let is_ours = error.as_db_error().is_none()
        && !error.is_closed()
        && std::error::Error::source(&error).is_none_or(|source| !source.is::<std::io::Error>());
    if is_ours {
        return RecordError::Backend {
            operation,
            source: Box::new(PostgresError {
                what: format!("no connection can be made with these settings: {error}"),
                source: error.into(),
            }),
        };
    }
    record_error(operation, error)
}

/// What is wrong with a certificate: what TLS refuses is called invalid data.
fn distrust(error: &tokio_postgres::Error) -> Option<&std::io::Error> {
    let source = std::error::Error::source(error)?;
    let error = source.downcast_ref::<std::io::Error>()?;
    (error.kind() == std::io::ErrorKind::InvalidData).then_some(error)
}

/// What trying again does not mend, though it ended the connection.
fn is_for_good(code: &SqlState) -> bool {
    *code == SqlState::INVALID_PASSWORD
        || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        || *code == SqlState::INVALID_CATALOG_NAME
        || *code == SqlState::INSUFFICIENT_PRIVILEGE
}

/// What passes: locks, limits, full disks, a server that starts.
fn is_passing(code: &SqlState) -> bool {
    matches!(&code.code()[..2], "53" | "55" | "57" | "40")
}

fn describe(code: Option<&SqlState>) -> &'static str {
    let Some(code) = code else {
        return "the server cannot be reached, or the connection was lost";
    };
    match code.code() {
        "28P01" | "28000" => {
            "the server refused the user, the password or the way of connecting; where it asks for TLS, say \
             `sslmode=require`"
        }
        "3D000" => "there is no database of that name: create it, or correct the URI",
        "42501" => "the user lacks the right to do that",
        "25P02" => {
            "a statement before it failed, and the transaction takes no more: answer with that error, or set a savepoint first"
        }
        "25006" => {
            "the server or the session is read-only: is it a replica? Writes go to the primary"
        }
        "53300" => "the server has no connection left: use fewer, or raise its `max_connections`",
        "53100" => "the server's disk is full",
        "53200" => "the server is out of memory",
        "55P03" => "another program holds the lock of the table",
        "57P03" => "the server is starting up or shutting down",
        "57P01" | "57P02" => "the server ended the connection",
        "22021" => "a text has a character that PostgreSQL cannot keep, such as NUL",
        "54000" => "a text is larger than PostgreSQL can keep",
        _ => "PostgreSQL refused the work",
    }
}
