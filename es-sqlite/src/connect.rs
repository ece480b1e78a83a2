//! New connections, and their settings.

use std::path::{Path, PathBuf};
use std::{io, path};

use es_store::RecordError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::database_file::{DatabaseFile, io_error};
use crate::lock::FileLock;
use crate::{Mode, SqliteOptions};

/// Number of prepared statements that a connection caches.
pub(crate) const STATEMENTS: usize = 128;

const OPERATION: &str = "open the database";

pub(crate) fn connect(
    path: &Path,
    mode: Mode,
    options: &SqliteOptions,
) -> Result<Connection, rusqlite::Error> {
    let access = match mode {
        Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(options.timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise the planner looks at the value of a limit, and prepares the statement again each
    // time it is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if mode == Mode::ReadOnly {
        // Reads the file, so that one that is no database is reported now.
        connection.pragma_query_value(None, "schema_version", |_| Ok(()))?;
    } else {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "wal_autocheckpoint", options.checkpoint_pages)?;
    }
    Ok(connection)
}

/// Opens a new database in memory.
pub(crate) fn connect_to_memory() -> Result<(Connection, DatabaseFile), RecordError> {
    let file = DatabaseFile::memory();
    let connection = Connection::open_in_memory();
    let connection = connection.map_err(|error| file.error(OPERATION, error))?;
    Ok((connection, file))
}

/// Opens a file in the mode of the options. Several processes may create one database at the same
/// time, and `SQLite` does not wait while one of them changes the file to WAL: a process that
/// writes does this while it holds the lock beside the file.
pub(crate) fn connect_to_file(
    path: &Path,
    options: &SqliteOptions,
) -> Result<(Connection, DatabaseFile), RecordError> {
    let lock = match options.mode {
        Mode::ReadOnly => None,
        _ => Some(locked(path, options)?),
    };
    let connection = connect(path, options.mode, options)
        .map_err(|error| DatabaseFile::unopened(path).error(OPERATION, error))?;
    drop(lock);
    Ok((connection, DatabaseFile::file(path.to_owned())?))
}

/// Returns the absolute path of a file: the working directory of the process may change.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, RecordError> {
    path::absolute(path).map_err(|error| io_error("open", path, &error))
}

fn locked(path: &Path, options: &SqliteOptions) -> Result<FileLock, RecordError> {
    if options.mode == Mode::ReadWrite && !path.exists() {
        return Err(io_error("open", path, &io::ErrorKind::NotFound.into()));
    }
    let lock = FileLock::open(path).and_then(|mut lock| {
        lock.acquire(options.timeout)?;
        Ok(lock)
    });
    lock.map_err(|error| io_error("open", &crate::lock::lock_path(path), &error))
}
