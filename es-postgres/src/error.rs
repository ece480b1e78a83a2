//! Errors of `PostgreSQL`, classified by the next step of the caller.

use std::error::Error as _;

use deadpool_postgres::PoolError;
use es_sql::{DriverError, ErrorKind, SqlError};
use es_store::RecordError;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// Classifies an error of a statement.
pub(crate) fn sql_error(error: Error) -> SqlError {
    SqlError::new(kind(&error), error)
}

/// Maps the error of the pool.
pub(crate) fn pool_error(operation: &'static str, error: PoolError) -> RecordError {
    match error {
        PoolError::Backend(error) => connect_error(error).into_record_error(operation),
        PoolError::Closed => RecordError::Closed,
        other => DriverError::no_connection(other),
    }
}

/// Classifies the error of a new connection.
fn connect_error(error: Error) -> SqlError {
    let io = error
        .source()
        .and_then(<dyn std::error::Error>::downcast_ref::<std::io::Error>);
    let kind = match io.map(std::io::Error::kind) {
        // TLS reports the fault of a certificate as invalid data.
        Some(std::io::ErrorKind::InvalidData) => {
            ErrorKind::Permanent("the server's certificate is not trusted")
        }
        None if error.as_db_error().is_none() && !error.is_closed() => ErrorKind::Permanent(
            "no connection is possible with these settings of password and TLS",
        ),
        _ => kind(&error),
    };
    SqlError::new(kind, error)
}

fn kind(error: &Error) -> ErrorKind {
    let Some(error) = error.as_db_error() else {
        return ErrorKind::Lost;
    };
    match *error.code() {
        SqlState::UNIQUE_VIOLATION => return ErrorKind::Taken,
        SqlState::UNDEFINED_TABLE => return ErrorKind::NoTable,
        SqlState::UNDEFINED_COLUMN
        | SqlState::UNDEFINED_FUNCTION
        | SqlState::DATATYPE_MISMATCH
        | SqlState::CANNOT_COERCE
        | SqlState::NOT_NULL_VIOLATION => return ErrorKind::Schema,
        _ => {}
    }
    match error.code().code() {
        "22021" => {
            ErrorKind::Invalid("a text has a character that PostgreSQL cannot store, such as NUL")
        }
        "54000" => ErrorKind::Invalid("a text is larger than PostgreSQL can store"),
        "28P01" | "28000" => ErrorKind::AccessDenied("sslmode=require"),
        "3D000" => ErrorKind::NoDatabase,
        "42501" => ErrorKind::NoPrivilege,
        "25006" => ErrorKind::ReadOnly,
        "25P01" | "3B001" => {
            ErrorKind::Ended("the transaction ended early: it was committed or rolled back")
        }
        "25P02" => ErrorKind::Permanent(
            "a statement before it failed, and the transaction accepts no more: return that error, or set a savepoint first",
        ),
        "53100" => ErrorKind::DiskFull,
        "53200" => ErrorKind::Transient("the server is out of memory"),
        "53300" => ErrorKind::NoConnection,
        "55P03" => ErrorKind::Locked,
        code => {
            let severity = error.parsed_severity();
            let is_fatal = matches!(severity, Some(Severity::Fatal | Severity::Panic));
            match &code[..2] {
                _ if is_fatal || code.starts_with("57P") => ErrorKind::Lost,
                "08" => ErrorKind::Lost,
                // Limits, locks, an operator, a conflict of transactions.
                "53" | "55" | "57" | "40" => {
                    ErrorKind::Transient("PostgreSQL refused the statement for now")
                }
                _ => ErrorKind::Permanent("PostgreSQL refused the statement"),
            }
        }
    }
}
