//! A database of `SQLite`: a connection that writes, and a pool of connections that read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use es_sql::{FromConnection, connect};
use es_store::{Driver, RecordError};
use rusqlite::Connection;
use tokio::task;

use crate::connect::{STATEMENTS, absolute, connect_to_file, connect_to_memory};
use crate::database_file::DatabaseFile;
use crate::lock::FileLock;
use crate::readers::Readers;
use crate::table::SqliteTable;
use crate::{Location, Mode, SqliteOptions};

es_store::inventory::submit! {
    Driver::new(&["sqlite"], connect::<Sqlite>)
}

/// A database of `SQLite`. A database in memory, or of the caller's connection, is read through
/// the connection that writes, under its mutex.
pub struct Sqlite {
    file: Arc<DatabaseFile>,
    /// `None` after the database was closed, and in a database that is only read.
    writer: Mutex<Option<Connection>>,
    mode: Mode,
    readers: Option<Arc<Readers>>,
    timeout: Duration,
}

impl Sqlite {
    fn open_now(options: &SqliteOptions) -> Result<Self, RecordError> {
        let path = match &options.location {
            Location::Memory => {
                let (connection, file) = connect_to_memory()?;
                return Ok(Self::with_connection(connection, file, options.timeout));
            }
            Location::File(path) => absolute(path)?,
        };
        let (first, file) = connect_to_file(&path, options)?;
        let readers = Readers::new(path, options);
        let writer = match options.mode {
            Mode::ReadOnly => {
                readers.put_back(first);
                None
            }
            _ => Some(first),
        };
        Ok(Self {
            file: Arc::new(file),
            writer: Mutex::new(writer),
            mode: options.mode,
            readers: Some(Arc::new(readers)),
            timeout: options.timeout,
        })
    }

    fn with_connection(connection: Connection, file: DatabaseFile, timeout: Duration) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self {
            file: Arc::new(file),
            writer: Mutex::new(Some(connection)),
            mode: Mode::ReadWrite,
            readers: None,
            timeout,
        }
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.mode == Mode::ReadOnly
    }

    pub(crate) fn file(&self) -> &DatabaseFile {
        &self.file
    }

    /// Takes the lock beside the file.
    pub(crate) fn acquire(
        &self,
        operation: &'static str,
        lock: &mut Option<FileLock>,
    ) -> Result<(), RecordError> {
        self.file.acquire(operation, lock, self.timeout)
    }

    /// Runs `work` on the connection that writes.
    pub(crate) fn with_writer<T>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, RecordError>,
    ) -> Result<T, RecordError> {
        if self.is_read_only() {
            let name = self.file.name();
            return Err(RecordError::Backend {
                operation,
                source: format!(
                    "{name} was opened read-only (`mode=ro`): open it without `mode=ro` to write"
                )
                .into(),
            });
        }
        self.file.check(operation)?;
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
        match &self.readers {
            Some(readers) => readers.read(operation, &self.file, work).await,
            None => self.write(operation, |connection| work(connection)).await,
        }
    }

    /// A panic elsewhere has rolled its transaction back while it unwound.
    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl es_sql::Database for Sqlite {
    type Options = SqliteOptions;
    type Table = SqliteTable;

    async fn open(options: SqliteOptions) -> Result<Self, RecordError> {
        blocking("open the database", move || Self::open_now(&options)).await
    }

    /// Closes the last connection, which moves the write-ahead log into the database.
    async fn close(self: Arc<Self>) -> Result<(), RecordError> {
        let close = move || {
            if let Some(readers) = &self.readers {
                readers.close();
            }
            drop(self.lock().take());
            Ok(())
        };
        blocking("close the database", close).await
    }
}

impl FromConnection for Sqlite {
    type Connection = Connection;

    fn from_connection(connection: Connection) -> Result<Self, RecordError> {
        let file = DatabaseFile::from_connection(&connection)?;
        let timeout = SqliteOptions::memory().timeout;
        Ok(Self::with_connection(connection, file, timeout))
    }
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
