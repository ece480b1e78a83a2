//! Errors of `MySQL` and `MariaDB`, classified by the next step of the caller.

use es_sql::{ErrorKind, SqlError};
use mysql_async::{DriverError, Error, IoError};

const TOO_LARGE: ErrorKind =
    ErrorKind::Invalid("a text is larger than the server accepts: raise its `max_allowed_packet`");
const UNTRUSTED: ErrorKind = ErrorKind::Permanent("the server's certificate is not trusted");

/// Classifies an error.
pub(crate) fn sql_error(error: Error) -> SqlError {
    SqlError::new(kind(&error), error)
}

fn kind(error: &Error) -> ErrorKind {
    match error {
        // TLS reports the fault of a certificate as invalid data.
        Error::Io(IoError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            UNTRUSTED
        }
        #[cfg(feature = "tls")]
        Error::Io(IoError::Tls(_)) => UNTRUSTED,
        Error::Io(_) => ErrorKind::Lost,
        Error::Driver(error) => match error {
            DriverError::NoClientSslFlagFromServer => {
                ErrorKind::Permanent("TLS is required, and the server does not support it")
            }
            DriverError::PoolDisconnected => ErrorKind::Closed,
            DriverError::PacketTooLarge | DriverError::BulkExecute(_) => TOO_LARGE,
            DriverError::ConnectionClosed
            | DriverError::PacketOutOfOrder
            | DriverError::UnexpectedPacket { .. } => ErrorKind::Lost,
            _ => ErrorKind::Permanent("the driver does not understand the server"),
        },
        Error::Server(error) => kind_of_code(error.code),
        _ => ErrorKind::Permanent("the driver refused the statement"),
    }
}

fn kind_of_code(code: u16) -> ErrorKind {
    match code {
        1062 => ErrorKind::Taken,
        1146 => ErrorKind::NoTable,
        1054 | 1364 => ErrorKind::Schema,
        // Shut down, killed, timed out; 1152 to 1161 are errors of the network, and 1153 is one of
        // size.
        1053 | 1927 | 1317 | 4031 | 1152 | 1154..=1161 => ErrorKind::Lost,
        1305 => ErrorKind::Ended(
            "the transaction ended early: after a deadlock that was ignored, or by a statement that commits by itself, such \
             as one that creates a table",
        ),
        1045 | 1698 | 1251 | 3159 => ErrorKind::AccessDenied("ssl-mode=REQUIRED"),
        1044 | 1142 | 1143 | 1227 => ErrorKind::NoPrivilege,
        1049 => ErrorKind::NoDatabase,
        1046 => ErrorKind::Permanent("the URI names no database"),
        1290 | 1792 | 1836 => ErrorKind::ReadOnly,
        1040 | 1203 | 1226 => ErrorKind::NoConnection,
        1021 | 1114 => ErrorKind::DiskFull,
        1205 => ErrorKind::Locked,
        1213 => ErrorKind::Transient("a deadlock with another program's transaction"),
        1153 | 1301 => TOO_LARGE,
        1406 => ErrorKind::Invalid(
            "a text is larger than its column: `migrate` turns a column of 64 KiB into one of 4 GiB",
        ),
        1366 => ErrorKind::Invalid(
            "a text has a character that its column cannot store: `migrate` gives it the character set utf8mb4",
        ),
        1037 | 1038 | 1041 | 1969 | 3024 => {
            ErrorKind::Transient("the server refused the statement for now")
        }
        _ => ErrorKind::Permanent("the server refused the statement"),
    }
}
