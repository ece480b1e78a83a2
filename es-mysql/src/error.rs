//! What the server says, by what the caller does next.

use std::fmt;

use es_store::{BoxError, RecordError};
use mysql_async::{DriverError, Error, IoError};

/// An error of `MySQL` or `MariaDB`, in words that say what to look at.
#[derive(Debug)]
pub struct MysqlError {
    what: String,
    source: BoxError,
}

impl fmt::Display for MysqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for MysqlError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// Whether a statement failed as a position or a record id is taken.
pub(crate) fn is_taken(error: &Error) -> bool {
    code(error) == Some(1062)
}

/// Whether the connection is gone, so that nobody knows what became of the statement sent by it.
pub(crate) fn is_lost(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Driver(error) => matches!(
            error,
            DriverError::ConnectionClosed
                | DriverError::PacketOutOfOrder
                | DriverError::UnexpectedPacket { .. }
        ),
        // Shut down, killed, timed out; 1152 to 1161 are what the server calls errors of the network.
        Error::Server(error) => {
            matches!(error.code, 1053 | 1927 | 1317 | 4031 | 1152 | 1154..=1161)
        }
        _ => false,
    }
}

/// Whether the server does not know a table or column that a statement names.
pub(crate) fn is_of_schema(error: &Error) -> bool {
    matches!(code(error), Some(1146 | 1054 | 1364))
}

/// Whether a savepoint is not there, as it went with its transaction.
pub(crate) fn is_without_savepoint(error: &Error) -> bool {
    code(error) == Some(1305)
}

/// Whether the server or the session only reads.
pub(crate) fn is_read_only(error: &Error) -> bool {
    matches!(code(error), Some(1290 | 1792 | 1836))
}

/// Maps an error by its code.
pub(crate) fn record_error(operation: &'static str, error: Error) -> RecordError {
    if let Some(what) = of_tls(&error) {
        return RecordError::Backend {
            operation,
            source: Box::new(MysqlError {
                what,
                source: error.into(),
            }),
        };
    }
    let code = code(&error);
    let is_closed = matches!(error, Error::Driver(DriverError::PoolDisconnected));
    let is_too_large = matches!(
        error,
        Error::Driver(DriverError::PacketTooLarge | DriverError::BulkExecute(_))
    );
    let is_passing = is_lost(&error) || code.is_some_and(is_passing);
    let what = if is_too_large {
        describe(Some(1153))
    } else {
        describe(code)
    };
    if is_closed {
        return RecordError::Closed;
    }
    if is_too_large || matches!(code, Some(1153 | 1301 | 1406 | 1366)) {
        return RecordError::Invalid {
            reason: what.to_owned(),
        };
    }
    let source: BoxError = Box::new(MysqlError {
        what: what.to_owned(),
        source: error.into(),
    });
    if is_passing {
        RecordError::Unavailable { source }
    } else {
        RecordError::Backend { operation, source }
    }
}

/// No connection came free, or the server did not answer.
pub(crate) fn too_late(elapsed: tokio::time::error::Elapsed) -> RecordError {
    RecordError::Unavailable {
        source: Box::new(MysqlError {
            what:
                "no connection could be had in time: all are in use, or the server does not answer"
                    .to_owned(),
            source: elapsed.into(),
        }),
    }
}

/// What stands in the way of TLS, which no second try mends: what it refuses is called invalid data.
fn of_tls(error: &Error) -> Option<String> {
    match error {
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Some("TLS is asked for, and the server does not have it".to_owned())
        }
        Error::Io(IoError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            Some(format!("the server's certificate is not trusted: {error}"))
        }
        #[cfg(feature = "tls")]
        Error::Io(IoError::Tls(error)) => {
            Some(format!("the server's certificate is not trusted: {error}"))
        }
        _ => None,
    }
}

fn code(error: &Error) -> Option<u16> {
    match error {
        Error::Server(error) => Some(error.code),
        _ => None,
    }
}

/// What passes: locks, limits, full disks, a server that starts.
fn is_passing(code: u16) -> bool {
    matches!(
        code,
        1205 | 1213 | 1040 | 1203 | 1226 | 1021 | 1114 | 1037 | 1038 | 1041 | 1969 | 3024
    )
}

fn describe(code: Option<u16>) -> &'static str {
    match code {
        None => "the server cannot be reached, or the connection was lost",
        Some(1045 | 1698 | 1251 | 3159) => {
            "the server refused the user, the password or the way of connecting; where it asks for TLS, say \
             `ssl-mode=REQUIRED`"
        }
        Some(1044 | 1142 | 1143 | 1227) => "the user lacks the right to do that",
        Some(1049) => "there is no database of that name: create it, or correct the URI",
        Some(1046) => "the URI names no database",
        Some(1290 | 1792 | 1836) => {
            "the server or the session is read-only: is it a replica? Writes go to the primary"
        }
        Some(1040 | 1203 | 1226) => {
            "the server has no connection left: use fewer, or raise its `max_connections`"
        }
        Some(1021 | 1114) => "the server's disk is full",
        Some(1205) => "another program holds the lock of the table",
        Some(1213) => "another program's transaction was in the way",
        Some(1053 | 1927 | 1317 | 4031) => "the server ended the connection",
        Some(1153 | 1301) => {
            "a text is larger than the server takes: raise its `max_allowed_packet`"
        }
        Some(1305) => {
            "the transaction ended in the middle: after a deadlock that was passed over, or a statement that commits by \
             itself, as those do that make tables"
        }
        Some(1406) => {
            "a text is larger than its column: `migrate` turns a column of 64 KiB into one of 4 GiB"
        }
        Some(1366) => {
            "a text has a character that its column cannot keep: `migrate` gives it the character set utf8mb4"
        }
        Some(_) => "the server refused the work",
    }
}
