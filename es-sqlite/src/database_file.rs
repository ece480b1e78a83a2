//! The file of a database, and its name in messages.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use es_store::RecordError;
use rusqlite::Connection;

use crate::error::record_error;
use crate::lock::{FileLock, lock_path};

/// A database in memory or in a file, with its name in messages.
pub(crate) struct DatabaseFile {
    name: String,
    /// `None` for a database in memory.
    file: Option<OpenFile>,
}

/// A file that was opened. Its identity distinguishes it from another file at the same path:
/// `SQLite` continues with a file that was removed or replaced, and its commits there are lost.
struct OpenFile {
    path: PathBuf,
    identity: Identity,
}

impl DatabaseFile {
    pub(crate) fn memory() -> Self {
        Self {
            name: "a database in memory".to_owned(),
            file: None,
        }
    }

    /// Creates the name of a file that is not open yet, for messages.
    pub(crate) fn unopened(path: &Path) -> Self {
        Self {
            name: format!("`{}`", path.display()),
            file: None,
        }
    }

    /// Remembers the identity of a file that is open.
    pub(crate) fn file(path: PathBuf) -> Result<Self, RecordError> {
        let identity = identity(&path).map_err(|error| io_error("open", &path, &error))?;
        Ok(Self {
            name: format!("`{}`", path.display()),
            file: Some(OpenFile { path, identity }),
        })
    }

    pub(crate) fn from_connection(connection: &Connection) -> Result<Self, RecordError> {
        match connection.path().filter(|path| !path.is_empty()) {
            Some(path) => Self::file(path.into()),
            None => Ok(Self::memory()),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn error(&self, operation: &'static str, error: rusqlite::Error) -> RecordError {
        record_error(operation, &self.name, error)
    }

    /// Checks that the file at the path is still the one that is open.
    pub(crate) fn check(&self, operation: &'static str) -> Result<(), RecordError> {
        let Some(OpenFile { path, identity }) = &self.file else {
            return Ok(());
        };
        let fault = match self::identity(path) {
            Ok(current) if current == *identity => return Ok(()),
            Ok(_) => "was replaced while it was open; open the store again".to_owned(),
            Err(error) => {
                format!("is no longer there ({error}); put it back and open the store again")
            }
        };
        Err(RecordError::Backend {
            operation,
            source: format!("the database file `{}` {fault}", path.display()).into(),
        })
    }

    /// Opens the lock beside the file; a database in memory has none.
    pub(crate) fn lock(&self) -> Result<Option<FileLock>, RecordError> {
        let Some(OpenFile { path, .. }) = &self.file else {
            return Ok(None);
        };
        let lock = FileLock::open(path);
        lock.map(Some)
            .map_err(|error| io_error("open", &lock_path(path), &error))
    }

    /// Takes the lock beside the file.
    pub(crate) fn acquire(
        &self,
        operation: &'static str,
        lock: &mut Option<FileLock>,
        timeout: Duration,
    ) -> Result<(), RecordError> {
        let (Some(lock), Some(file)) = (lock, &self.file) else {
            return Ok(());
        };
        lock.acquire(timeout)
            .map_err(|error| io_error(operation, &lock_path(&file.path), &error))
    }
}

/// Gives the lock beside a file back.
pub(crate) fn release(lock: Option<&FileLock>) {
    if let Some(Err(error)) = lock.map(FileLock::release) {
        tracing::error!(%error, "the lock beside the database cannot be released");
    }
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
