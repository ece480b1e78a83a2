use std::path::PathBuf;
use std::time::Duration;

/// Which database to open, and how.
///
/// ```
/// use es_sqlite::{Mode, SqliteOptions};
///
/// let options = SqliteOptions::file("events.db").with_mode(Mode::ReadOnly);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// Where the database is.
    pub location: Location,
    /// What may be done with it.
    pub mode: Mode,
    /// How long to wait for other programs that write to the file. 5 seconds by default.
    pub timeout: Duration,
    /// How many connections read the file at once, at most. 8 by default.
    pub readers: usize,
    /// After how many pages in the write-ahead log a commit moves them to the database. 10,000 by default.
    pub checkpoint_pages: u32,
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In memory: new and empty, and gone when it is closed.
    Memory,
    /// In a file. A file with `.lock` behind its name comes to lie beside it.
    File(PathBuf),
}

/// What may be done with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It is there, and is only read.
    ReadOnly,
    /// It is there, and is read and written.
    ReadWrite,
    /// It is made where it is absent.
    #[default]
    Create,
}

impl SqliteOptions {
    /// A new database in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::at(Location::Memory)
    }

    /// The database in a file, made where it is absent.
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

    /// With another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// With another timeout.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
