//! The connections of one database.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, io};

use es_store::RecordError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::task;

use crate::error::record_error;
use crate::lock::FileLock;
use crate::reader::Readers;
use crate::{Location, Mode, SqliteOptions};

/// One database: a connection that writes and, of a file, a pool of those that read. A database without a pool is read
/// through the connection that writes, under its mutex.
pub(crate) struct Database {
    /// How messages call it.
    name: String,
    /// `None` once it is closed, and of a database that is only read.
    writer: Mutex<Option<Connection>>,
    mode: Mode,
    readers: Option<Arc<Readers>>,
    file: Option<DatabaseFile>,
    patience: Duration,
}

impl Database {
    pub(crate) fn open(options: &SqliteOptions) -> Result<Self, RecordError> {
        match &options.location {
            Location::Memory => Self::from_connection(
                Connection::open_in_memory()
                    .map_err(|error| open_error("a database in memory", error))?,
                options.patience,
            ),
            Location::File(path) => {
                let path =
                    std::path::absolute(path).map_err(|error| io_error("open", path, &error))?;
                Self::open_file(path, options)
            }
        }
    }

    fn open_file(path: PathBuf, options: &SqliteOptions) -> Result<Self, RecordError> {
        let name = format!("`{}`", path.display());
        let lock = match options.mode {
            Mode::ReadOnly => None,
            _ => Some(locked(&path, options)?),
        };
        let first =
            connect(&path, options.mode, options).map_err(|error| open_error(&name, error))?;
        drop(lock);
        let file =
            DatabaseFile::of(path.clone()).map_err(|error| io_error("open", &path, &error))?;
        let readers = Readers::new(path, options);
        let writer = match options.mode {
            Mode::ReadOnly => {
                readers.put_back(first);
                None
            }
            _ => Some(first),
        };
        Ok(Self {
            name,
            writer: Mutex::new(writer),
            mode: options.mode,
            readers: Some(Arc::new(readers)),
            file: Some(file),
            patience: options.patience,
        })
    }

    /// A database that is read and written through one connection, made by somebody else.
    pub(crate) fn from_connection(
        connection: Connection,
        patience: Duration,
    ) -> Result<Self, RecordError> {
        let path = connection
            .path()
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        let name = match &path {
            Some(path) => format!("`{}`", path.display()),
            None => "a database in memory".to_owned(),
        };
        let file = match path {
            Some(path) => Some(
                DatabaseFile::of(path.clone()).map_err(|error| io_error("open", &path, &error))?,
            ),
            None => None,
        };
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self {
            name,
            writer: Mutex::new(Some(connection)),
            mode: Mode::ReadWrite,
            readers: None,
            file,
            patience,
        })
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.mode == Mode::ReadOnly
    }

    /// The lock beside the file; none of a database in memory.
    pub(crate) fn file_lock(&self) -> Result<Option<FileLock>, RecordError> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        let lock = FileLock::open(&file.path);
        lock.map(Some)
            .map_err(|error| io_error("open", &crate::lock::lock_path(&file.path), &error))
    }

    /// Takes the lock beside the file.
    pub(crate) fn acquire(&self, lock: &mut FileLock) -> Result<(), RecordError> {
        lock.acquire(self.patience)
            .map_err(|error| match &self.file {
                Some(file) => io_error("append", &crate::lock::lock_path(&file.path), &error),
                None => RecordError::Closed,
            })
    }

    /// Checks that the file at the database's path is still the one that is open.
    pub(crate) fn check_file(&self, operation: &'static str) -> Result<(), RecordError> {
        self.file
            .as_ref()
            .map_or(Ok(()), |file| file.check(operation))
    }

    /// Runs `work` on the connection that writes.
    pub(crate) fn with_writer<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        if self.is_read_only() {
            return Err(RecordError::Backend {
                operation,
                source: format!("{} was opened to be read only (`mode=ro`)", self.name).into(),
            });
        }
        self.check_file(operation)?;
        work(self.lock().as_mut().ok_or(RecordError::Closed)?)
    }

    /// Runs `work`, which writes, off the threads of the runtime.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        let this = self.clone();
        blocking(operation, move || this.with_writer(operation, work)).await
    }

    /// Runs `work`, which only reads, off the threads of the runtime.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        operation: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        let Some(readers) = &self.readers else {
            return self.write(operation, |connection| work(connection)).await;
        };
        let _turn = readers.turn().await?;
        let (this, readers) = (self.clone(), readers.clone());
        let read = move || {
            this.check_file(operation)?;
            let connection = readers
                .take()
                .map_err(|error| this.error(operation, error))?;
            let answer = work(&connection);
            readers.put_back(connection);
            answer
        };
        blocking(operation, read).await
    }

    pub(crate) fn error(&self, operation: &'static str, error: rusqlite::Error) -> RecordError {
        record_error(operation, &self.name, error)
    }

    pub(crate) fn close(&self) {
        if let Some(readers) = &self.readers {
            readers.close();
        }
        drop(self.lock().take());
    }

    /// A panic elsewhere has rolled its transaction back while it unwound.
    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many statements a connection keeps prepared.
const STATEMENTS: usize = 128;

/// Several processes may make one database at the same time: `SQLite` does not wait while one of them turns to WAL.
pub(crate) fn locked(path: &Path, options: &SqliteOptions) -> Result<FileLock, RecordError> {
    let io = |error: io::Error| io_error("open", &crate::lock::lock_path(path), &error);
    if options.mode == Mode::ReadWrite && !path.exists() {
        return Err(io_error("open", path, &io::ErrorKind::NotFound.into()));
    }
    let mut lock = FileLock::open(path).map_err(io)?;
    lock.acquire(options.patience).map_err(io)?;
    Ok(lock)
}

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
    connection.busy_timeout(options.patience)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Otherwise the planner looks at the value of a limit, and prepares the statement again whenever it is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    if mode == Mode::ReadOnly {
        // Reads the file, so that one that is no database is found out now.
        connection.pragma_query_value(None, "schema_version", |_| Ok(()))?;
    } else {
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "wal_autocheckpoint", options.checkpoint_pages)?;
    }
    Ok(connection)
}

pub(crate) async fn blocking<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> Result<T, RecordError> + Send + 'static,
) -> Result<T, RecordError> {
    task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(RecordError::Backend {
            operation,
            source: error.into(),
        })
    })
}

pub(crate) fn open_error(name: &str, error: rusqlite::Error) -> RecordError {
    record_error("open the database", name, error)
}

pub(crate) fn io_error(operation: &'static str, path: &Path, error: &io::Error) -> RecordError {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::TimedOut => RecordError::Unavailable {
            source: format!("another process holds the lock `{path}`").into(),
        },
        _ => RecordError::Backend {
            operation,
            source: format!("`{path}`: {error}").into(),
        },
    }
}

/// A file that is open, by its place and its identity.
pub(crate) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
}

impl DatabaseFile {
    pub(crate) fn of(path: PathBuf) -> io::Result<Self> {
        let identity = identity(&path)?;
        Ok(Self { path, identity })
    }

    pub(crate) fn check(&self, operation: &'static str) -> Result<(), RecordError> {
        let what = match identity(&self.path) {
            Ok(identity) if identity == self.identity => return Ok(()),
            Ok(_) => "was replaced while it was open; open the store again".to_owned(),
            Err(error) => {
                format!("is no longer there ({error}); put it back and open the store again")
            }
        };
        Err(RecordError::Backend {
            operation,
            source: format!("the database file `{}` {what}", self.path.display()).into(),
        })
    }
}

#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
type Identity = std::time::SystemTime;

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path)?.created()
}
