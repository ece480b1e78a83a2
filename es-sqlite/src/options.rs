//! The options of an `SQLite` database.

use std::path::PathBuf;
use std::time::Duration;

/// The options of a database: its location, and how its connections are used.
///
/// ```
/// use es_sqlite::{Mode, SqliteOptions};
///
/// let options = SqliteOptions::file("events.db").with_mode(Mode::ReadOnly);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// The location of the database.
    pub location: Location,
    /// How it is opened.
    pub mode: Mode,
    /// Timeout of the lock of a file that others write to. Default: 5 seconds.
    pub timeout: Duration,
    /// Maximum number of connections that read the file at once. Default: 8.
    pub readers: usize,
    /// Number of pages in the write-ahead log after which a commit moves them to the database.
    /// Default: 10,000.
    pub checkpoint_pages: u32,
}

/// The location of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Memory: the database is new and empty, and lost when it is closed.
    Memory,
    /// A file. The store creates a file of the same name with the suffix `.lock`.
    File(PathBuf),
}

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The database must exist, and is only read.
    ReadOnly,
    /// The database must exist, and is read and written.
    ReadWrite,
    /// The database is created if it does not exist.
    #[default]
    Create,
}

impl SqliteOptions {
    /// Creates the options of a new database in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::at(Location::Memory)
    }

    /// Creates the options of a file, which is created if it does not exist.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::at(Location::File(path.into()))
    }

    pub(crate) fn at(location: Location) -> Self {
        Self {
            location,
            mode: Mode::default(),
            timeout: Duration::from_secs(5),
            readers: 8,
            checkpoint_pages: 10_000,
        }
    }

    /// Sets the mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
