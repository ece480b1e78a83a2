//! The `MySQL` and `MariaDB` store of `es`.
//!
//! A database is named by a URI (`mysql://user:password@host/database`; see [`MysqlOptions`]) or
//! opened from options:
//!
//! ```no_run
//! use es_store::{Datastore, Table};
//! use es_mysql::{MysqlDatastore, MysqlOptions, mysql_async::OptsBuilder};
//!
//! # async fn example() -> Result<(), es_store::RecordError> {
//! let server = OptsBuilder::default().user(Some("app")).db_name(Some("shop"));
//! let database = MysqlDatastore::open(MysqlOptions::new(server.into())).await?;
//! let events = database.record_manager(Table::stored_events()).await?;
//! events.setup().await?;
//! # Ok(())
//! # }
//! ```
//!
//! One task per table collects the appends of all callers into transactions, under the lock of the
//! table's row in `es_tables`: processes write in turn, and record ids have no hole. The tables are
//! those that Python's `eventsourcing` creates, with room for longer texts, and Django's, with ids
//! as digits. Tested on `MariaDB` 10.11. The driver uses its bulk statement; on `MySQL`, which has
//! none, a batch is written row by row.

mod connections;
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

pub use connections::Connection as MysqlConnection;
pub use database::Mysql;
pub use es_sql::DriverError as MysqlError;
pub use mysql_async;
pub use options::MysqlOptions;
pub use transaction::append_in;

/// A database of a `MySQL` or `MariaDB` server.
///
/// With a caller's pool, each table that is written opens one connection outside the pool.
pub type MysqlDatastore = SqlDatastore<Mysql>;

/// The record manager of one table of a `MySQL` or `MariaDB` database. From version 2 of a table
/// on, texts have any length.
pub type MysqlRecordManager = SqlRecordManager<ServerTable<Mysql>>;

/// A `MySQL` or `MariaDB` database that holds read models, in tables of `InnoDB`: that of the
/// events, or another.
///
/// Handlers of projections into it take a `&mut` [`MysqlTransaction`], and are `async`. Its
/// connections count the rows that an update finds, as other databases do, not only those that it
/// changes.
///
/// These servers cannot rename a table in a transaction. A rebuild that replaces the live read model
/// (`Projections::switch` of `es-projection`) copies rows, or writes the name of the table to read
/// into a table of the program.
///
/// ```no_run
/// use es_mysql::mysql_async::{OptsBuilder, prelude::Queryable};
/// use es_mysql::{MysqlOptions, MysqlReadModel};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = OptsBuilder::default().user(Some("app")).db_name(Some("shop"));
/// let model = MysqlReadModel::open(MysqlOptions::new(server.into())).await?;
/// let mut connection = model.connection().await?;
/// connection.query_drop("CREATE TABLE IF NOT EXISTS balances (owner CHAR(36) PRIMARY KEY, cents BIGINT)").await?;
/// let rows: Vec<(String, i64)> = connection.query("SELECT owner, cents FROM balances").await?;
/// connection.keep();
/// # Ok(())
/// # }
/// ```
///
/// [`keep`](MysqlConnection::keep) gives a connection back to the pool.
pub type MysqlReadModel = SqlReadModel<Mysql>;

/// The transaction that handlers of a projection into `MySQL` or `MariaDB` get: a
/// [`Conn`](mysql_async::Conn) with a transaction at `READ COMMITTED`.
///
/// Statements that create, change or rename tables commit by themselves on these servers: a handler
/// that runs one ends the projection with an error.
pub type MysqlTransaction = SqlTransaction<Mysql>;
