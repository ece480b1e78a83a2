//! The Cassandra store of `es`.
//!
//! A URI names a keyspace, as in `cassandra://user:password@host/keyspace`; [`CassandraOptions`]
//! lists its parameters. A program can also open a keyspace directly:
//!
//! ```no_run
//! use es_cassandra::{CassandraDatastore, CassandraOptions};
//! use es_store::{Datastore, Table, TableAdministration};
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
//! **Tables** have the format of Python's `eventsourcing`. A sequence is a partition.
//!
//! **Appends** are one conditional statement: `INSERT … IF NOT EXISTS`, or a batch of these, which
//! the replicas apply as a whole. An append therefore holds items of one sequence, and is smaller
//! than the server's largest mutation.
//!
//! **Record ids** are positions of references to the items in a big array. After the items are
//! stored, the writer of the process writes their references; see
//! [`es_structures::application_sequence`] for the protocol and for crashes. A table whose
//! positions are times has no record ids: it opens without them, and a notification log over it is
//! `Unsupported`.
//!
//! **Lost answers.** If an append gets no answer, a read at serial consistency completes the
//! undecided write and shows its outcome. If the items are stored, the append succeeded; if other
//! items are, it conflicts. If nothing is stored, the statement is sent again, and its answer is
//! compared with the items. The outcome is `Unknown` only if no read is answered within the
//! timeout.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod append;
mod consistency;
mod database;
mod datastore;
mod error;
mod options;
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
pub use options::{CassandraOptions, Replication};
pub use record_manager::CassandraRecordManager;
pub use scylla;
