//! Errors of `SQLite`, classified by the next step of the caller.

use es_sql::DriverError;
use es_store::{BoxError, RecordError};
use rusqlite::{ErrorCode, ffi};

/// Returns true if a position is taken.
pub(crate) fn is_conflict(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
    )
}

/// Maps an error by its code. `database` is the name of the database in messages.
pub(crate) fn record_error(
    operation: &'static str,
    database: &str,
    error: rusqlite::Error,
) -> RecordError {
    let code = error.sqlite_error_code();
    let source: BoxError = Box::new(DriverError::new(describe(database, code), error));
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull) => {
            RecordError::Unavailable { source }
        }
        Some(ErrorCode::TooBig) => RecordError::Invalid {
            reason: source.to_string(),
        },
        _ => RecordError::Backend { operation, source },
    }
}

fn describe(database: &str, code: Option<ErrorCode>) -> String {
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{database} is locked by another program")
        }
        Some(ErrorCode::DiskFull) => {
            format!("the disk of {database} is full, or its quota is used up")
        }
        Some(ErrorCode::TooBig) => format!("a text is larger than {database} can hold"),
        Some(ErrorCode::NotADatabase) => {
            format!("{database} is not an SQLite database, or is encrypted")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("{database} is damaged: restore it from a backup")
        }
        Some(ErrorCode::ReadOnly) => format!("{database} cannot be written: it is read-only"),
        Some(ErrorCode::CannotOpen) => {
            format!("{database} cannot be opened: is the path right, and may this program use it?")
        }
        Some(ErrorCode::SystemIoFailure) => format!("reading or writing {database} failed"),
        _ => format!("SQLite refused the statement on {database}"),
    }
}
