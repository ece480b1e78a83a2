//! The `SQLite` store of `es`.
//!
//! A database is named by a URI (`sqlite::memory:`, `sqlite:///events.db`; see [`SqliteOptions`])
//! or opened from options:
//!
//! ```
//! use es_store::{Datastore, Table};
//! use es_sqlite::{SqliteDatastore, SqliteOptions};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), es_store::RecordError> {
//! let database = SqliteDatastore::open(SqliteOptions::memory()).await?;
//! let events = database.record_manager(Table::stored_events()).await?;
//! events.setup().await?;
//! assert_eq!(events.max_record_id().await?.get(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! One thread per table collects the appends of all callers into transactions, under a lock on the
//! file `<database>.lock`: processes write in turn, and record ids have no hole. Reads run on
//! separate connections, off the threads of the runtime. The tables are those that Python's
//! `eventsourcing` creates, with ids of 16 bytes, and those of Django's models, with ids of 32
//! digits.

mod connect;
mod database;
mod database_file;
mod dialect;
mod error;
mod insertion;
mod lock;
mod options;
mod read_model;
mod read_model_transaction;
mod readers;
mod rows;
mod schema;
mod table;
mod table_reader;
mod transaction;
mod uri;
mod writer;

use es_sql::{SqlDatastore, SqlRecordManager};
use table::SqliteTable;

pub use database::Sqlite;
pub use es_sql::DriverError as SqliteError;
pub use options::{Location, Mode, SqliteOptions};
pub use read_model::SqliteReadModel;
pub use read_model_transaction::SqliteTransaction;
pub use rusqlite;
pub use transaction::append_in;

/// A database, in a file or in memory. A file is opened in WAL mode, with commits that are on the
/// disk before they are answered.
pub type SqliteDatastore = SqlDatastore<Sqlite>;

/// The record manager of one table of an `SQLite` database.
pub type SqliteRecordManager = SqlRecordManager<SqliteTable>;
