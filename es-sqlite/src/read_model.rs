//! Read models in an `SQLite` database: the two tables of their projections, and the connection
//! that writes them.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use es_sql::{ProjectionDialect, ProjectionStatements};
use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError};
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

use crate::connect::{absolute, connect_to_file, connect_to_memory};
use crate::database::blocking;
use crate::database_file::{DatabaseFile, release};
use crate::dialect::DIALECT;
use crate::lock::FileLock;
use crate::read_model_transaction::SqliteTransaction;
use crate::readers::Readers;
use crate::{Location, Mode, SqliteOptions};

const OPERATION: &str = "access the read model";

/// The time is that of the machine. A transaction locks the whole file when it begins, so no
/// statement locks rows.
static STATEMENTS: LazyLock<ProjectionStatements> = LazyLock::new(|| {
    let projections = ProjectionDialect {
        now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        stored_id: str::to_owned,
        read_id: str::to_owned,
        lock: "",
    };
    ProjectionStatements::new(&DIALECT, &projections)
});

const CREATE_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS es_projections (
        name TEXT NOT NULL PRIMARY KEY,
        position INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        owner TEXT,
        expires INTEGER NOT NULL,
        mode TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS es_dead_letters (
        projection TEXT NOT NULL,
        position INTEGER NOT NULL,
        aggregate_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        data TEXT NOT NULL,
        error TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        request TEXT,
        PRIMARY KEY (projection, position)
    );
    CREATE INDEX IF NOT EXISTS es_dead_letters_of_aggregates
        ON es_dead_letters (projection, aggregate_id, position);
    CREATE INDEX IF NOT EXISTS es_dead_letters_asked
        ON es_dead_letters (projection, position) WHERE request IS NOT NULL;
";

/// A database that holds read models, in a file or in memory: that of the events, or another.
///
/// Handlers of projections into it take a `&mut` [`SqliteTransaction`]. In a file, transactions
/// take turns with all writers that use this library, in any process, by the lock on
/// `<database>.lock`.
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
    /// `None` for a database in memory, which is read through the connection that writes.
    readers: Option<Arc<Readers>>,
    file: Arc<DatabaseFile>,
}

/// The connection that writes, and the lock of the file.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    file: Arc<DatabaseFile>,
    lock: Option<FileLock>,
    timeout: Duration,
}

impl Writer {
    fn open(options: &SqliteOptions) -> Result<(Self, Option<Arc<Readers>>), RecordError> {
        let ((connection, file), readers) = match &options.location {
            Location::Memory => (connect_to_memory()?, None),
            Location::File(path) => {
                let path = absolute(path)?;
                let opened = connect_to_file(&path, options)?;
                (opened, Some(Arc::new(Readers::new(path, options))))
            }
        };
        let writer = Self {
            connection,
            lock: file.lock()?,
            file: Arc::new(file),
            timeout: options.timeout,
        };
        Ok((writer, readers))
    }

    /// Takes the lock beside the file.
    pub(crate) fn acquire(&mut self) -> Result<(), RecordError> {
        self.file.acquire(OPERATION, &mut self.lock, self.timeout)
    }

    pub(crate) fn release(&self) {
        release(self.lock.as_ref());
    }

    /// Checks that the file at the path is still the one that is open.
    pub(crate) fn check_file(&self) -> Result<(), RecordError> {
        self.file.check(OPERATION)
    }

    pub(crate) fn failed(&self, error: rusqlite::Error) -> RecordError {
        self.file.error(OPERATION, error)
    }
}

impl SqliteReadModel {
    /// Opens a database in WAL mode, with commits that are on the disk before they are answered.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the file cannot be opened, is no database, or is opened to be
    /// read only; [`RecordError::Unavailable`] if another program keeps it locked.
    pub async fn open(options: SqliteOptions) -> Result<Self, RecordError> {
        if options.mode == Mode::ReadOnly {
            return Err(RecordError::Backend {
                operation: OPERATION,
                source: "a read model is written: open its database in another mode".into(),
            });
        }
        let open = move || Writer::open(&options);
        let (writer, readers) = blocking("open the database", open).await?;
        Ok(Self(Arc::new(Inner {
            file: writer.file.clone(),
            writer: Arc::new(Mutex::new(writer)),
            readers,
        })))
    }

    /// Reads committed data, off the threads of the runtime. In a database in memory it waits for
    /// the open transaction, so a handler must not call it.
    ///
    /// # Errors
    ///
    /// Those of `SQLite`.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RecordError> {
        let file = self.0.file.clone();
        if let Some(readers) = &self.0.readers {
            let work = move |connection: &Connection| {
                work(connection).map_err(|error| file.error(OPERATION, error))
            };
            return readers.read(OPERATION, &self.0.file, work).await;
        }
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        let read = move || {
            let done = work(&writer.connection).map_err(|error| writer.failed(error));
            // The next caller must not find a transaction that `work` left open.
            if !writer.connection.is_autocommit() {
                let ended = writer.connection.execute_batch("ROLLBACK");
                ended.map_err(|error| writer.failed(error))?;
            }
            done
        };
        blocking(OPERATION, read).await
    }

    /// Writes in a separate transaction, off the threads of the runtime: for example to create
    /// the tables of the read model.
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
        let work = move || {
            let _entered = span.enter();
            Ok(Handle::current().block_on(work))
        };
        blocking(OPERATION, work).await
    }

    async fn setup(&self) -> Result<(), RecordError> {
        let transaction = self.begin().await?;
        let created = transaction.execute_batch(CREATE_TABLES);
        created.map_err(|error| transaction.failed(error))?;
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
            .field(&self.0.file.name())
            .finish()
    }
}
