//! What Cassandra and its driver say, by what the caller does next.

use std::fmt;

use es_store::kit::TlsFault;
use es_store::{BoxError, RecordError};
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError,
    MetadataError, NewSessionError, PrepareError, RequestAttemptError,
};

/// An error of Cassandra, in words that say what to look at.
#[derive(Debug)]
pub struct CassandraError {
    what: String,
    source: BoxError,
}

impl CassandraError {
    pub(crate) fn boxed(what: impl Into<String>, source: impl Into<BoxError>) -> BoxError {
        Box::new(Self {
            what: what.into(),
            source: source.into(),
        })
    }
}

impl fmt::Display for CassandraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for CassandraError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// The server's own error, if it was a server that answered.
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

/// Whether nobody knows what became of a conditional write: it may have been decided, or be decided yet.
pub(crate) fn is_open(error: &ExecutionError) -> bool {
    match error {
        ExecutionError::RequestTimeout(_) => true,
        ExecutionError::LastAttemptError(error) => match error {
            RequestAttemptError::DbError(error, _) => !is_refusal(error),
            RequestAttemptError::SerializationError(_)
            | RequestAttemptError::CqlRequestSerialization(_)
            | RequestAttemptError::UnableToAllocStreamId => false,
            _ => true,
        },
        // It was not sent.
        _ => false,
    }
}

/// Whether the server says that a statement is none that it would try.
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

/// Whether the server may not know a table or column that a statement names: it says no more than that.
pub(crate) fn is_of_schema(error: &ExecutionError) -> bool {
    matches!(db_error(error), Some(DbError::Invalid))
}

/// Maps an error by its code.
pub(crate) fn record_error(operation: &'static str, error: ExecutionError) -> RecordError {
    let lasting = match db_error(&error) {
        Some(error) => is_refusal(error) && !matches!(error, DbError::IsBootstrapping),
        None => matches!(
            error,
            ExecutionError::BadQuery(_) | ExecutionError::SchemaAgreementError(_)
        ),
    };
    let source = CassandraError::boxed(describe(&error), error);
    if lasting {
        RecordError::Backend { operation, source }
    } else {
        RecordError::Unavailable { source }
    }
}

/// The error of a write of which nobody knows what became.
pub(crate) fn unknown(error: ExecutionError) -> RecordError {
    RecordError::Unknown {
        source: CassandraError::boxed(describe(&error), error),
    }
}

fn describe(error: &ExecutionError) -> &'static str {
    match db_error(error) {
        Some(error) => describe_db(error),
        None => match error {
            ExecutionError::RequestTimeout(_) => "no answer came in time",
            ExecutionError::SchemaAgreementError(_) => {
                "the nodes of the cluster do not agree on the tables"
            }
            _ => "no node of the cluster can be reached, or the connection was lost",
        },
    }
}

fn describe_db(error: &DbError) -> &'static str {
    match error {
        DbError::Unavailable { .. } => {
            "too few replicas are up for the consistency: start them, or lower it"
        }
        DbError::ReadTimeout { .. } | DbError::WriteTimeout { .. } => {
            "too few replicas answered in time"
        }
        DbError::ReadFailure { .. } | DbError::WriteFailure { .. } => "a replica failed",
        DbError::Overloaded => "the server has too much to do",
        DbError::IsBootstrapping => "the server is starting up",
        DbError::AuthenticationError => "the server refused the user or the password",
        DbError::Unauthorized => {
            "the user lacks the right to do that: it takes SELECT and MODIFY, and CREATE for tables that are made"
        }
        _ => "Cassandra refused the work",
    }
}

/// Maps what stands in the way of the first connection.
pub(crate) fn session_error(error: NewSessionError) -> RecordError {
    let refused = match &error {
        NewSessionError::MetadataError(MetadataError::ConnectionPoolError(
            ConnectionPoolError::Broken {
                last_connection_error,
                ..
            },
        )) => connection_refusal(last_connection_error),
        NewSessionError::IllegalConfig(_) => Some("these settings do not go together"),
        _ => None,
    };
    match refused {
        Some(what) => RecordError::Backend {
            operation: "open the database",
            source: CassandraError::boxed(what, error),
        },
        None => RecordError::Unavailable {
            source: CassandraError::boxed(
                "no node of the cluster can be reached, or the connection was lost: one that takes only TLS ends it where \
                 `sslmode=verify-full` is missing",
                error,
            ),
        },
    }
}

/// What trying again does not mend.
fn connection_refusal(error: &ConnectionError) -> Option<&'static str> {
    match error {
        ConnectionError::IoError(error) => TlsFault::of(error).map(describe_tls),
        ConnectionError::ConnectionSetupRequestError(error) => setup_refusal(error.get_error()),
        _ => None,
    }
}

fn describe_tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Certificate => {
            "the server's certificate is not trusted: it takes one of the authority's, for the node's IP address"
        }
        _ => "the server does not speak TLS at this port, or none that is understood",
    }
}

fn setup_refusal(error: &ConnectionSetupRequestErrorKind) -> Option<&'static str> {
    match error {
        ConnectionSetupRequestErrorKind::DbError(error, _) => Some(describe_db(error)),
        ConnectionSetupRequestErrorKind::MissingAuthentication
        | ConnectionSetupRequestErrorKind::StartAuthSessionError(_) => Some(
            "the server asks for a user and a password, as in `cassandra://user:password@host`",
        ),
        _ => None,
    }
}
