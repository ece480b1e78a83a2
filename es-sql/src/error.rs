//! Errors of drivers, classified by the next step of the caller.

use std::borrow::Cow;
use std::fmt;

use es_store::{BoxError, RecordError};

/// The result of statements on a server.
pub type SqlResult<T = ()> = Result<T, SqlError>;

/// The error of statements on a server.
#[derive(Debug)]
pub enum SqlError {
    /// An error of the driver or the server.
    Driver {
        /// The meaning of the error.
        kind: ErrorKind,
        /// The driver's error.
        source: BoxError,
    },
    /// The store refuses the operation, or the rows are damaged.
    Refused(RecordError),
}

/// The meaning of an error of a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A position or a record id is taken.
    Taken,
    /// The server does not know the table of a statement.
    NoTable,
    /// The server does not know another name in a statement, or the schema of the table refuses a
    /// row.
    Schema,
    /// The connection is lost: the fate of the statements sent by it is unknown.
    Lost,
    /// The connection is lost, and the answer to a commit with it.
    CommitLost,
    /// The transaction ended early; the text says how.
    Ended(&'static str),
    /// The pool is closed.
    Closed,
    /// The server refuses the connection; the text is the parameter of a URI that turns TLS on.
    AccessDenied(&'static str),
    /// There is no such database.
    NoDatabase,
    /// The user lacks a privilege.
    NoPrivilege,
    /// The server or the session is read-only.
    ReadOnly,
    /// The server has no connection left.
    NoConnection,
    /// The server's disk is full.
    DiskFull,
    /// Another program holds the lock of the table.
    Locked,
    /// The server cannot store a text; the text says why.
    Invalid(&'static str),
    /// Another error that passes.
    Transient(&'static str),
    /// Another error that a second attempt does not mend.
    Permanent(&'static str),
}

impl SqlError {
    /// Creates an error from the driver's.
    #[must_use]
    pub fn new(kind: ErrorKind, source: impl Into<BoxError>) -> Self {
        let source = source.into();
        Self::Driver { kind, source }
    }

    /// Returns the meaning of an error of the driver.
    #[must_use]
    pub const fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Driver { kind, .. } => Some(*kind),
            Self::Refused(_) => None,
        }
    }

    /// Returns true if a position or a record id is taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.kind() == Some(ErrorKind::Taken)
    }

    /// Returns true if the connection is lost.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self.kind(), Some(ErrorKind::Lost | ErrorKind::CommitLost))
    }

    /// Returns this as the error of a commit: if the connection is lost, its answer is missing.
    #[must_use]
    pub fn in_commit(self) -> Self {
        match self {
            Self::Driver { source, .. } if self.is_lost() => {
                Self::new(ErrorKind::CommitLost, source)
            }
            error => error,
        }
    }

    /// Maps the error by its meaning.
    #[must_use]
    pub fn into_record_error(self, operation: &'static str) -> RecordError {
        let (kind, source) = match self {
            Self::Driver { kind, source } => (kind, source),
            Self::Refused(error) => return error,
        };
        let source: BoxError = Box::new(DriverError::new(kind.to_string(), source));
        match kind {
            ErrorKind::Closed => RecordError::Closed,
            ErrorKind::Invalid(reason) => RecordError::Invalid {
                reason: reason.to_owned(),
            },
            ErrorKind::Lost
            | ErrorKind::CommitLost
            | ErrorKind::NoConnection
            | ErrorKind::DiskFull
            | ErrorKind::Locked
            | ErrorKind::Transient(_) => RecordError::Unavailable { source },
            _ => RecordError::Backend { operation, source },
        }
    }
}

impl From<RecordError> for SqlError {
    fn from(error: RecordError) -> Self {
        Self::Refused(error)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied(tls) => {
                return write!(
                    f,
                    "the server refused the user, the password or the kind of connection; if it requires TLS, set `{tls}`"
                );
            }
            Self::Lost | Self::CommitLost => "the server cannot be reached, or the connection was lost",
            Self::NoDatabase => "there is no database of that name: create it, or correct the URI",
            Self::NoPrivilege => "the user lacks the privilege",
            Self::ReadOnly => "the server or the session is read-only: is it a replica? Writes go to the primary",
            Self::NoConnection => "the server has no connection left: use fewer, or raise its `max_connections`",
            Self::DiskFull => "the server's disk is full",
            Self::Locked => "another program holds the lock of the table",
            Self::Closed => "the pool is closed",
            Self::Taken | Self::NoTable | Self::Schema => "the server refused the statement",
            Self::Ended(text) | Self::Invalid(text) | Self::Transient(text) | Self::Permanent(text) => text,
        })
    }
}

/// An error of a database driver, with advice in its text. The driver's error is its source.
#[derive(Debug)]
pub struct DriverError {
    message: Cow<'static, str>,
    source: BoxError,
}

impl DriverError {
    /// Creates an error from its text and the driver's error.
    #[must_use]
    pub fn new(message: impl Into<Cow<'static, str>>, source: impl Into<BoxError>) -> Self {
        Self {
            message: message.into(),
            source: source.into(),
        }
    }

    /// Creates the error of a connection that did not come in time.
    #[must_use]
    pub fn no_connection(source: impl Into<BoxError>) -> RecordError {
        let message =
            "no connection was available in time: all are in use, or the server does not answer";
        RecordError::Unavailable {
            source: Box::new(Self::new(message, source)),
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DriverError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
