//! The `PostgreSQL` store of `es`.
//!
//! A database is named by a URI (`postgresql://user:password@host/database`; see
//! [`PostgresOptions`]) or opened from options:
//!
//! ```no_run
//! use es_store::{Datastore, Table};
//! use es_postgres::{PostgresDatastore, PostgresOptions, tokio_postgres::Config};
//!
//! # async fn example() -> Result<(), es_store::RecordError> {
//! let mut config = Config::new();
//! config.host("localhost").user("app").dbname("shop");
//! let database = PostgresDatastore::open(PostgresOptions::new(config)).await?;
//! let events = database.record_manager(Table::stored_events()).await?;
//! events.setup().await?;
//! # Ok(())
//! # }
//! ```
//!
//! One task per table collects the appends of all callers into transactions, under an advisory lock
//! of the table: processes write in turn, and record ids have no hole. The tables are those that
//! Python's `eventsourcing` creates. Servers from version 12 on are supported.

mod connection;
mod connector;
mod database;
mod dialect;
mod error;
mod options;
mod read_model;
mod rows;
mod schema;
mod session;
mod statements;
mod table_state;
mod transaction;
mod uri;

use es_sql::server::{ServerTable, SqlReadModel, SqlTransaction};
use es_sql::{SqlDatastore, SqlRecordManager};

pub use connection::PostgresConnection;
pub use database::Postgres;
pub use es_sql::DriverError as PostgresError;
pub use options::{Notify, PostgresOptions};
pub use transaction::append_in;
pub use {deadpool_postgres, tokio_postgres};

/// A database of a `PostgreSQL` server.
///
/// With a caller's pool, each table that is written takes one connection out of the pool
/// permanently. Its followers are notified of commits of this process, and poll for those of others.
pub type PostgresDatastore = SqlDatastore<Postgres>;

/// The record manager of one table of a `PostgreSQL` database.
pub type PostgresRecordManager = SqlRecordManager<ServerTable<Postgres>>;

/// A `PostgreSQL` database that holds read models: that of the events, or another.
///
/// Handlers of projections into it take a `&mut` [`PostgresTransaction`], and are `async`.
///
/// ```no_run
/// use es_postgres::{PostgresOptions, PostgresReadModel, tokio_postgres::Config};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = Config::new();
/// config.host("localhost").user("app").dbname("shop");
/// let model = PostgresReadModel::open(PostgresOptions::new(config)).await?;
/// let connection = model.connection().await?;
/// connection.batch_execute("CREATE TABLE IF NOT EXISTS balances (owner UUID PRIMARY KEY, cents BIGINT)").await?;
/// let rows = connection.query("SELECT owner, cents FROM balances", &[]).await?;
/// # Ok(())
/// # }
/// ```
///
/// A [`PostgresConnection`] goes back to the pool when it is dropped, outside any transaction.
pub type PostgresReadModel = SqlReadModel<Postgres>;

/// The transaction that handlers of a projection into `PostgreSQL` get: a
/// [`Client`](tokio_postgres::Client) with a transaction at `READ COMMITTED`.
///
/// After a failed statement the transaction accepts no more. A handler returns the error, or sets a
/// savepoint before the statement.
pub type PostgresTransaction = SqlTransaction<Postgres>;
