//! Less common structures over the event store of `es`.
//!
//! The items of a structure are events: stored, hashed and encrypted as Python's `eventsourcing` 5.0.0 stores them.
//!
//! | structure | purpose |
//! |---|---|
//! | [`Array`] | items at indexes that are assigned once, up to a fixed size; for example seats |
//! | [`BigArray`] | the same without a practical limit, in short sequences; for example a log of references |
//! | [`Settler`] | fills positions of a big array that crashed writers left free |
//! | [`ArrayNotificationLog`] | a notification log over a big array, for readers and followers |
//! | [`IntegerSequence`] | consecutive numbers, so that concurrent writers never compete for a position |
//! | [`Collection`] | an aggregate that is a set of items; for example the members of a group |
//! | [`TimeBucketedLog`], [`LogMessages`] | log messages in buckets of time, so that no sequence grows without end |
//! | [`application_sequence`] | record ids for a store without record ids of its own, such as Cassandra |
//!
//! # Example
//!
//! Several writers share a big array. Each takes a number from a sequence and writes to that position:
//!
//! ```
//! use std::num::NonZeroU32;
//! use std::sync::Arc;
//!
//! use es_core::domain::Salt;
//! use es_core::event_store::{EventStore, Mapper};
//! use es_store::{MemoryRecordManager, Table};
//! use es_structures::{BigArray, IntegerSequence, SimpleIntegerSequence};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> es_core::error::Result<()> {
//! let table = Arc::new(MemoryRecordManager::new(Table::integer_sequenced()));
//! let store = EventStore::new(table, Mapper::new(), Salt::none());
//! let size = NonZeroU32::new(10_000).expect("not 0"); // the same each time
//! let names = BigArray::<String>::new(store, uuid::Uuid::new_v4(), size);
//!
//! let numbers = SimpleIntegerSequence::new();
//! numbers.at_least(names.next_position().await?).await?;
//! assert_eq!(names.assign_next(&numbers, "Ann".to_owned()).await?, 0);
//! assert_eq!(names.assign_next(&numbers, "Bob".to_owned()).await?, 1);
//!
//! let taken = names.assign(1, "Cid".to_owned()).await;
//! assert!(taken.is_err_and(|error| error.is_conflict()));
//! assert_eq!(names.items(..).await?, [Some("Ann".to_owned()), Some("Bob".to_owned())]);
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod application_sequence;
mod array;
mod collection;
mod integer_sequence;
mod notification_log;
mod time_bucketed_log;

pub use self::array::{
    Array, ArraySlice, ArraySpan, ArrayTree, BigArray, ItemAssigned, Reference, SettleReport,
    Settler,
};
pub use self::collection::{
    Collection, CollectionCreated, CollectionEvent, ItemAdded, ItemRemoved,
};
pub use self::integer_sequence::{IntegerSequence, SimpleIntegerSequence};
pub use self::notification_log::{ArrayItem, ArrayNotificationLog, ItemArray};
pub use self::time_bucketed_log::{
    BucketSize, LogMessages, MessageLogged, MessageQuery, MessageStream, TimeBucket,
    TimeBucketedLog, TimeBucketedLogEvent, TimeBucketedLogStarted,
};
