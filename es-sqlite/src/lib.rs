//! The `SQLite` store of `es`.
//!
//! A database is named by a URI (`sqlite::memory:`, `sqlite:///events.db`; [`SqliteOptions`] has more to say), or made by
//! hand:
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
//! Appends of all callers are gathered into transactions by one thread a table, behind a lock on the file
//! `<database>.lock`: so several processes write in turn, and record ids have no hole. Reads run on connections of their
//! own, off the threads of the runtime. The tables are those that Python's `eventsourcing` makes, with ids of 16 bytes;
//! those of Django's models, with ids of 32 digits, are used as they are.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod database;
mod datastore;
mod dialect;
mod error;
mod form;
mod insertion;
mod lock;
mod options;
mod projection;
mod reader;
mod record_manager;
mod rows;
mod schema;
mod statements;
mod transaction;
mod uri;
mod writer;

pub use datastore::SqliteDatastore;
pub use error::SqliteError;
pub use options::{Location, Mode, SqliteOptions};
pub use projection::{SqliteReadModel, SqliteTransaction};
pub use record_manager::SqliteRecordManager;
pub use rusqlite;
pub use transaction::{append_in, save_in};
