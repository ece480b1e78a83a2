use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use es_sql::ProjectionStatements;
use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError};
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task;

use super::tables::{self, STATEMENTS};
use super::transaction::SqliteTransaction;
use crate::database::{DatabaseFile, blocking, connect, io_error, locked, open_error};
use crate::error::record_error;
use crate::lock::{FileLock, lock_path};
use crate::reader::Readers;
use crate::{Location, Mode, SqliteOptions};

const OPERATION: &str = "keep a read model";

/// A database that holds read models, in a file or in memory: that of the events, or another.
///
/// Handlers of projections into it take a `&mut` [`SqliteTransaction`]. In a file it takes turns with all who write there
/// by this library, in whatever process, behind the lock on `<database>.lock`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), es_store::RecordError> {
/// use es_sqlite::{SqliteOptions, SqliteReadModel};
///
/// let model = SqliteReadModel::open(SqliteOptions::memory()).await?;
/// model.write(|connection| connection.execute_batch("CREATE TABLE balances (owner TEXT PRIMARY KEY, cents INTEGER)")).await?;
/// let count: i64 = model
///     .read(|connection| connection.query_row("SELECT count(*) FROM balances", [], |row| row.get(0)))
///     .await?;
/// assert_eq!(count, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteReadModel(Arc<Inner>);

struct Inner {
    writer: Arc<Mutex<Writer>>,
    /// None of a database in memory, which is read through the connection that writes.
    readers: Option<Readers>,
    name: String,
}

/// The connection that writes, and what it takes to have its turn.
pub(super) struct Writer {
    pub(super) connection: Connection,
    name: String,
    file: Option<(PathBuf, DatabaseFile, FileLock)>,
    timeout: Duration,
}

impl Writer {
    fn open(options: &SqliteOptions) -> Result<(Self, Option<Readers>), RecordError> {
        let (connection, name, file, readers) = match &options.location {
            Location::Memory => {
                let name = "a database in memory".to_owned();
                let connection = Connection::open_in_memory();
                let connection = connection.map_err(|error| open_error(&name, error))?;
                (connection, name, None, None)
            }
            Location::File(path) => {
                let io = |error: std::io::Error| io_error("open", path, &error);
                let path = std::path::absolute(path).map_err(io)?;
                let name = format!("`{}`", path.display());
                let lock = locked(&path, options)?;
                let connection = connect(&path, options.mode, options)
                    .map_err(|error| open_error(&name, error))?;
                lock.release().map_err(io)?;
                let file = DatabaseFile::of(path.clone()).map_err(io)?;
                let readers = Readers::new(path.clone(), options);
                (connection, name, Some((path, file, lock)), Some(readers))
            }
        };
        let writer = Self {
            connection,
            name,
            file,
            timeout: options.timeout,
        };
        Ok((writer, readers))
    }

    /// Takes the lock beside the file.
    pub(super) fn acquire(&mut self) -> Result<(), RecordError> {
        let Some((path, _, lock)) = &mut self.file else {
            return Ok(());
        };
        lock.acquire(self.timeout)
            .map_err(|error| io_error(OPERATION, &lock_path(path), &error))
    }

    pub(super) fn release(&self) {
        if let Some((_, _, lock)) = &self.file
            && let Err(error) = lock.release()
        {
            tracing::error!(%error, "the lock beside the database cannot be given back");
        }
    }

    /// The file at the path is still the one that is open.
    pub(super) fn check_file(&self) -> Result<(), RecordError> {
        self.file
            .as_ref()
            .map_or(Ok(()), |(_, file, _)| file.check(OPERATION))
    }

    pub(super) fn failed(&self, error: rusqlite::Error) -> RecordError {
        record_error(OPERATION, &self.name, error)
    }
}

impl SqliteReadModel {
    /// Opens a database, in WAL mode and with commits that are on the disk before they are answered.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the file cannot be opened, is no database, or is only to be read;
    /// [`RecordError::Unavailable`] where another program keeps it locked.
    pub async fn open(options: SqliteOptions) -> Result<Self, RecordError> {
        if options.mode == Mode::ReadOnly {
            return Err(RecordError::Backend {
                operation: OPERATION,
                source: "a read model is written: open its database with another mode".into(),
            });
        }
        let open = move || Writer::open(&options);
        let (writer, readers) = blocking("open the database", open).await?;
        let name = writer.name.clone();
        Ok(Self(Arc::new(Inner {
            writer: Arc::new(Mutex::new(writer)),
            readers,
            name,
        })))
    }

    /// Reads what is committed, off the threads of the runtime. Of a database in memory it waits for the transaction that is
    /// open, so a handler must not call it.
    ///
    /// # Errors
    ///
    /// Those of `SQLite`.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordError> {
        let Some(readers) = &self.0.readers else {
            let writer = Arc::clone(&self.0.writer).lock_owned().await;
            let read = move || work(&writer.connection).map_err(|error| writer.failed(error));
            return blocking(OPERATION, read).await;
        };
        let _turn = readers.turn().await?;
        let inner = Arc::clone(&self.0);
        let read = move || {
            let failed = |error| record_error(OPERATION, &inner.name, error);
            // There are some: this is one of them.
            let readers = inner.readers.as_ref().ok_or(RecordError::Closed)?;
            let connection = readers.take().map_err(failed)?;
            let read = work(&connection).map_err(failed);
            readers.put_back(connection);
            read
        };
        blocking(OPERATION, read).await
    }

    /// Writes in a transaction of its own, off the threads of the runtime: to make the tables of the read model, say.
    ///
    /// # Errors
    ///
    /// Those of `SQLite`.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordError> {
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        let write = move || {
            let transaction = SqliteTransaction::begin(writer)?;
            let done = work(&transaction).map_err(|error| transaction.failed(error))?;
            transaction.commit()?;
            Ok(done)
        };
        blocking(OPERATION, write).await
    }
}

impl ReadModel for SqliteReadModel {
    type Transaction = SqliteTransaction;
    type Tables = ProjectionStatements;

    fn tables(&self) -> &ProjectionStatements {
        &STATEMENTS
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, RecordError> {
        let span = tracing::Span::current();
        let done = task::spawn_blocking(move || {
            let _entered = span.enter();
            Handle::current().block_on(work)
        });
        done.await.map_err(|error| RecordError::Backend {
            operation: OPERATION,
            source: error.into(),
        })
    }

    async fn setup(&self) -> Result<(), RecordError> {
        let transaction = self.begin().await?;
        let made = transaction.execute_batch(tables::SETUP);
        made.map_err(|error| transaction.failed(error))?;
        transaction.commit()
    }

    async fn begin(&self) -> Result<SqliteTransaction, RecordError> {
        SqliteTransaction::begin(Arc::clone(&self.0.writer).lock_owned().await)
    }

    async fn commit(&self, transaction: SqliteTransaction) -> Result<(), ReadModelError> {
        Ok(transaction.commit()?)
    }

    async fn rollback(&self, transaction: SqliteTransaction) -> Result<(), RecordError> {
        transaction.rollback()
    }

    fn is_open(&self, transaction: &SqliteTransaction) -> bool {
        !transaction.is_autocommit()
    }

    async fn check(&self, transaction: &mut SqliteTransaction) -> Result<(), ReadModelError> {
        transaction.check()
    }
}

impl fmt::Debug for SqliteReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteReadModel")
            .field(&self.0.name)
            .finish()
    }
}
