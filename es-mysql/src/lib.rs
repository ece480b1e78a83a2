//! The `MySQL` and `MariaDB` store of `es`.
//!
//! A database is named by a URI (`mysql://user:password@host/database`; [`MysqlOptions`] has more to say), or made by
//! hand:
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
//! Appends of all callers are gathered into transactions by one task a table, under the lock of the table's row in
//! `es_tables`: so several processes write in turn, and record ids have no hole. The tables are those that Python's
//! `eventsourcing` makes, with room for longer texts, and Django's, with ids as digits. Tested on `MariaDB` 10.11, whose
//! bulk statement the driver uses; on `MySQL`, which has none, a batch is written row by row.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connections;
mod database;
mod datastore;
mod dialect;
mod durable;
mod error;
mod form;
mod insertion;
mod migrations;
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

pub use connections::Connection as MysqlConnection;
pub use datastore::MysqlDatastore;
pub use error::MysqlError;
pub use mysql_async;
pub use options::MysqlOptions;
pub use projection::{MysqlReadModel, MysqlTransaction};
pub use record_manager::MysqlRecordManager;
pub use transaction::{append_in, save_in};
