//! The Cassandra store of `es`.
//!
//! A keyspace is named by a URI (`cassandra://user:password@host/keyspace`; [`CassandraOptions`] has more to say), or made
//! by hand:
//!
//! ```no_run
//! use es_cassandra::{CassandraDatastore, CassandraOptions};
//! use es_store::{Datastore, Table};
//!
//! # async fn example() -> Result<(), es_store::RecordError> {
//! let options = CassandraOptions::new(["localhost"], "shop");
//! let keyspace = CassandraDatastore::open(options).await?;
//! let events = keyspace.record_manager(Table::stored_events()).await?;
//! events.setup().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A sequence is a partition, and each append one conditional statement in it: `INSERT … IF NOT EXISTS`, for a list a batch
//! of them, which the replicas agree on as a whole. So a list holds items of one sequence, and is smaller than the server's
//! largest mutation. The tables are those that Python's `eventsourcing` makes.
//!
//! **Record ids** are the positions of references to the items in a big array, given by one writer a process after the items
//! are stored: see [`es_structures::application_sequence`], and the guide for what a crash leaves. A table of times
//! has none: it is opened without, and a notification log over it is `Unsupported`.
//!
//! A conditional write without an answer is looked for by a read at serial consistency, which ends what was left undecided:
//! if the items are there, it was kept; if others are, it conflicts; if none are, it is sent again, and what comes back
//! is compared with what was sent. Only where no read is answered in time is the outcome unknown.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod append;
mod database;
mod datastore;
mod error;
mod options;
mod overlap;
mod position_index;
mod prepared;
mod reader;
mod record_manager;
mod rows;
mod schema;
mod statements;
mod uri;

pub use datastore::CassandraDatastore;
pub use error::CassandraError;
pub use es_store::kit::Tls;
pub use options::{CassandraOptions, Replication};
pub use record_manager::CassandraRecordManager;
pub use scylla;
