//! The `PostgreSQL` store of `es`.
//!
//! A database is named by a URI (`postgresql://user:password@host/database`; [`PostgresOptions`] has more to say), or made
//! by hand:
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
//! Appends of all callers are gathered into transactions by one task a table, under an advisory lock of the table: so
//! several processes write in turn, and record ids have no hole. The tables are those that Python's `eventsourcing` makes.
//! Servers from version 12 on are supported.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod database;
mod datastore;
mod dialect;
mod error;
mod insertion;
mod migrations;
mod options;
mod projection;
mod reader;
mod record_manager;
mod rows;
mod schema;
mod statements;
mod tls;
mod transaction;
mod uri;
mod wake_up;
mod writer;

pub use ::{deadpool_postgres, tokio_postgres};
pub use datastore::PostgresDatastore;
pub use error::PostgresError;
pub use es_store::kit::Tls;
pub use options::{Notify, PostgresOptions};
pub use projection::{PostgresReadModel, PostgresTransaction};
pub use record_manager::PostgresRecordManager;
pub use transaction::{append_in, save_in};
