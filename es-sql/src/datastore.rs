//! The datastore of an SQL database: the record managers of its tables, one per table.

use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use es_store::kit::OpenTables;
use es_store::{Datastore, RecordError, RecordManager, StoreUri, Table};

use crate::schema::check_order;
use crate::{SqlRecordManager, TableDriver};

/// A database of a store: its connections.
pub trait Database: Sized + Send + Sync + 'static {
    /// The options that it is opened with.
    type Options: for<'u> TryFrom<&'u StoreUri, Error = RecordError> + Send + 'static;

    /// The driver's part of its record managers.
    type Table: TableDriver<Database = Self>;

    /// Opens the database.
    fn open(options: Self::Options) -> impl Future<Output = Result<Self, RecordError>> + Send;

    /// Closes the connections that the caller did not bring.
    fn close(self: Arc<Self>) -> impl Future<Output = Result<(), RecordError>> + Send;
}

/// A database that can share the caller's pool.
pub trait FromPool: Database {
    /// The pool.
    type Pool;

    /// Shares a pool.
    fn from_pool(pool: Self::Pool) -> Self;
}

/// A database that can be read and written through one connection, the caller's.
pub trait FromConnection: Database {
    /// The connection.
    type Connection;

    /// Takes a connection.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if it cannot be used.
    fn from_connection(connection: Self::Connection) -> Result<Self, RecordError>;
}

/// The record managers of one database.
pub struct SqlDatastore<D: Database> {
    database: Arc<D>,
    tables: OpenTables<SqlRecordManager<D::Table>>,
}

impl<D: Database> SqlDatastore<D> {
    /// Opens a database, with a first connection so that wrong options are reported now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the database cannot be opened with these options;
    /// [`RecordError::Unavailable`] if a second attempt may help, because a server or a lock is
    /// unavailable.
    pub async fn open(options: D::Options) -> Result<Self, RecordError> {
        Ok(Self::new(D::open(options).await?))
    }

    fn new(database: D) -> Self {
        Self {
            database: Arc::new(database),
            tables: OpenTables::default(),
        }
    }

    /// Returns the record manager of one table, with the methods that only this store has.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] if the table is in use with other columns, or this database cannot
    /// sort its positions.
    pub fn table(&self, table: Table) -> Result<Arc<SqlRecordManager<D::Table>>, RecordError> {
        check_order(&table)?;
        let open = |table| SqlRecordManager::open(self.database.clone(), table);
        self.tables.get(table, open)
    }
}

impl<D: FromPool> SqlDatastore<D> {
    /// Uses the caller's pool, which stays open when the datastore is closed. Each table that is written takes one more connection.
    #[must_use]
    pub fn from_pool(pool: D::Pool) -> Self {
        Self::new(D::from_pool(pool))
    }
}

impl<D: FromConnection> SqlDatastore<D> {
    /// Takes the caller's connection: one with a key, with extensions, or to a database
    /// in memory that holds data. It serves one call at a time, and its settings stay as they are:
    /// they decide whether commits are durable.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the file of the connection is gone.
    pub fn from_connection(connection: D::Connection) -> Result<Self, RecordError> {
        D::from_connection(connection).map(Self::new)
    }
}

#[async_trait]
impl<D: Database> Datastore for SqlDatastore<D> {
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        Ok(self.table(table)?)
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.tables.close().await?;
        self.database.clone().close().await
    }
}

type Connecting = Pin<Box<dyn Future<Output = Result<Arc<dyn Datastore>, RecordError>> + Send>>;

/// Opens the database that a URI names, for a [`Driver`](es_store::Driver).
#[must_use]
pub fn connect<D: Database>(uri: StoreUri) -> Connecting {
    Box::pin(async move {
        let options = D::Options::try_from(&uri)?;
        let datastore: Arc<dyn Datastore> = Arc::new(SqlDatastore::<D>::open(options).await?);
        Ok(datastore)
    })
}
