//! Errors of Cassandra and its driver, mapped by code according to the next step of the caller.

use std::fmt;

use es_store::kit::TlsFault;
use es_store::{BoxError, RecordError};
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError,
    MetadataError, NewSessionError, PrepareError, RequestAttemptError,
};

/// An error of Cassandra or its driver. Its message names the cause and a remedy;
/// the driver's error is its source.
#[derive(Debug)]
pub struct CassandraError {
    message: String,
    source: BoxError,
}

impl CassandraError {
    pub(crate) fn boxed(message: impl Into<String>, source: impl Into<BoxError>) -> BoxError {
        Box::new(Self {
            message: message.into(),
            source: source.into(),
        })
    }
}

impl fmt::Display for CassandraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CassandraError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// Returns the server's error, if a server answered.
pub(crate) fn db_error(error: &ExecutionError) -> Option<&DbError> {
    match error {
        ExecutionError::LastAttemptError(error) => attempt_db_error(error),
        ExecutionError::PrepareError(PrepareError::AllAttemptsFailed { first_attempt }) => {
            attempt_db_error(first_attempt)
        }
        _ => None,
    }
}

fn attempt_db_error(error: &RequestAttemptError) -> Option<&DbError> {
    match error {
        RequestAttemptError::DbError(error, _) => Some(error),
        _ => None,
    }
}

/// Returns whether the outcome of a conditional write is unknown: it may have been applied, or may
/// be applied later.
pub(crate) fn is_undecided(error: &ExecutionError) -> bool {
    match error {
        ExecutionError::RequestTimeout(_) => true,
        ExecutionError::LastAttemptError(error) => match error {
            RequestAttemptError::DbError(error, _) => !is_refusal(error),
            RequestAttemptError::SerializationError(_)
            | RequestAttemptError::CqlRequestSerialization(_)
            | RequestAttemptError::UnableToAllocStreamId => false,
            _ => true,
        },
        // The statement was not sent.
        _ => false,
    }
}

/// Returns whether the server rejected a statement without executing it.
fn is_refusal(error: &DbError) -> bool {
    matches!(
        error,
        DbError::SyntaxError
            | DbError::Invalid
            | DbError::AlreadyExists { .. }
            | DbError::FunctionFailure { .. }
            | DbError::AuthenticationError
            | DbError::Unauthorized
            | DbError::ConfigError
            | DbError::IsBootstrapping
            | DbError::Unprepared { .. }
            | DbError::ProtocolError
    )
}

/// Returns whether the server may not know a table or column of a statement. The code says no more
/// than "invalid".
pub(crate) fn is_schema_error(error: &ExecutionError) -> bool {
    matches!(db_error(error), Some(DbError::Invalid))
}

/// Maps an error of an operation by its code.
pub(crate) fn record_error(operation: &'static str, error: ExecutionError) -> RecordError {
    let is_permanent = match db_error(&error) {
        Some(error) => is_refusal(error) && !matches!(error, DbError::IsBootstrapping),
        None => matches!(
            error,
            ExecutionError::BadQuery(_) | ExecutionError::SchemaAgreementError(_)
        ),
    };
    let source = CassandraError::boxed(describe(&error), error);
    if is_permanent {
        RecordError::Backend { operation, source }
    } else {
        RecordError::Unavailable { source }
    }
}

/// The error of a write with an unknown outcome.
pub(crate) fn unknown(error: ExecutionError) -> RecordError {
    RecordError::Unknown {
        source: CassandraError::boxed(describe(&error), error),
    }
}

fn describe(error: &ExecutionError) -> &'static str {
    match db_error(error) {
        Some(error) => describe_db(error),
        None => match error {
            ExecutionError::RequestTimeout(_) => "no answer within the timeout",
            ExecutionError::SchemaAgreementError(_) => {
                "the nodes of the cluster do not agree on the schema"
            }
            _ => {
                "no node of the cluster can be reached, or the connection was lost; check the addresses and the nodes"
            }
        },
    }
}

fn describe_db(error: &DbError) -> &'static str {
    match error {
        DbError::Unavailable { .. } => {
            "too few replicas are up for the consistency level; start the others or lower the level"
        }
        DbError::ReadTimeout { .. } | DbError::WriteTimeout { .. } => {
            "too few replicas answered in time"
        }
        DbError::ReadFailure { .. } | DbError::WriteFailure { .. } => "a replica failed",
        DbError::Overloaded => "the server is overloaded",
        DbError::IsBootstrapping => "the server is starting up",
        DbError::AuthenticationError => "the server refused the user or the password",
        DbError::Unauthorized => {
            "the user lacks the rights for the statement; grant SELECT and MODIFY, and CREATE to create tables"
        }
        _ => "Cassandra rejected the statement",
    }
}

/// Maps an error of the first connection.
pub(crate) fn session_error(error: NewSessionError) -> RecordError {
    let refused = match &error {
        NewSessionError::MetadataError(MetadataError::ConnectionPoolError(
            ConnectionPoolError::Broken {
                last_connection_error,
                ..
            },
        )) => connection_refusal(last_connection_error),
        NewSessionError::IllegalConfig(_) => {
            Some("the settings of the connection contradict each other")
        }
        _ => None,
    };
    match refused {
        Some(message) => RecordError::Backend {
            operation: "open the database",
            source: CassandraError::boxed(message, error),
        },
        None => RecordError::Unavailable {
            source: CassandraError::boxed(
                "no node of the cluster can be reached, or the connection was lost; a node that accepts only TLS closes it, \
                 and then the URI needs `sslmode=verify-full`",
                error,
            ),
        },
    }
}

/// Returns the message for an error of a connection that a retry cannot fix.
fn connection_refusal(error: &ConnectionError) -> Option<&'static str> {
    match error {
        ConnectionError::IoError(error) => TlsFault::from_error(error).map(describe_tls),
        ConnectionError::ConnectionSetupRequestError(error) => setup_refusal(error.get_error()),
        _ => None,
    }
}

fn describe_tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Certificate => {
            "the server's certificate is not trusted; it must be signed by the configured authority, for the node's IP address"
        }
        _ => {
            "the server does not speak TLS at this port, or no common version; check the port and `sslmode`"
        }
    }
}

fn setup_refusal(error: &ConnectionSetupRequestErrorKind) -> Option<&'static str> {
    match error {
        ConnectionSetupRequestErrorKind::DbError(error, _) => Some(describe_db(error)),
        ConnectionSetupRequestErrorKind::MissingAuthentication
        | ConnectionSetupRequestErrorKind::StartAuthSessionError(_) => Some(
            "the server requires a user and a password, as in `cassandra://user:password@host`",
        ),
        _ => None,
    }
}
