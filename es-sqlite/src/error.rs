//! What `SQLite` says, by what the caller does next.

use std::fmt;

use es_store::{BoxError, RecordError};
use rusqlite::{ErrorCode, ffi};

/// An error of `SQLite`, in words that say which database and what to look at.
#[derive(Debug)]
pub struct SqliteError {
    what: String,
    source: rusqlite::Error,
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for SqliteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Whether a statement failed as a position is taken.
pub(crate) fn is_conflict(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(
        code,
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
    )
}

/// Maps an error by its code. `database` is how messages call the database.
pub(crate) fn record_error(
    operation: &'static str,
    database: &str,
    error: rusqlite::Error,
) -> RecordError {
    let code = error.sqlite_error_code();
    let what = describe(database, code);
    let source: BoxError = Box::new(SqliteError {
        what,
        source: error,
    });
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
        _ => format!("SQLite refused the work on {database}"),
    }
}
