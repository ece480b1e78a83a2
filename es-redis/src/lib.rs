//! Integer sequences on Redis for `es`: numbers for positions in big arrays, for concurrent writers
//! in many processes.
//!
//! ```no_run
//! use std::num::NonZeroU32;
//!
//! use es_core::event_store::EventStore;
//! use es_redis::RedisIntegerSequence;
//! use es_structures::{BigArray, IntegerSequence, Reference};
//!
//! # async fn example(store: EventStore, log: uuid::Uuid, reference: Reference) -> es_core::error::Result<()> {
//! let size = NonZeroU32::new(10_000).expect("not 0");
//! let array = BigArray::<Option<Reference>>::new(store, log, size);
//!
//! let key = RedisIntegerSequence::key_for(log);
//! let numbers = RedisIntegerSequence::open("redis://:password@redis.internal/0", key)?;
//! numbers.at_least(array.next_position().await?).await?; // Redis may have lost its state
//! let position = array.assign_next(&numbers, Some(reference)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A number is the answer of `INCR` minus 1: 0, 1, 2 …, as in `RedisIncr` of Python's
//! `eventsourcing`. Programs of both kinds may share a counter.
//!
//! # Holes
//!
//! While Redis keeps its state, no number is returned twice. A number is lost if the answer to
//! an `INCR` is lost, or if a writer crashes before it stores its item. The array then
//! has a hole. Logs with
//! [`ArrayNotificationLog::stop_at_gaps`](es_structures::ArrayNotificationLog::stop_at_gaps) end
//! before holes, and a [`Settler`](es_structures::Settler) fills them.
//!
//! # Lost state
//!
//! Redis loses its state in a restart without persistence or before the last changes reached the
//! disk, in a failover to a replica that lagged, or by eviction of the key. It then counts from an
//! earlier number. To prevent eviction, set `maxmemory-policy noeviction`.
//!
//! No item is lost or overwritten, because the array assigns each position once. But a later item
//! may fill an old hole, and so come before earlier items.
//! [`BigArray::assign_next`](es_structures::BigArray::assign_next) raises the counter to the next
//! position of the array if a number goes back or a position is taken. A program that starts raises
//! it with [`at_least`](RedisIntegerSequence::at_least), as above. A settler fills the old
//! holes, so that no later item can fill them.
//!
//! # Speed
//!
//! Each item costs a request to Redis and a conditional insertion of its own into a partition of
//! the array, so the store limits the rate, and a hot partition is slow. On one node of Cassandra,
//! events with positions reached 0.29 to 0.39 of the rate of events alone with 1 task, and 0.26 to
//! 0.28 with 64 tasks (two runs of `cargo bench --bench numbered_positions` on a machine with other
//! load).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connection;
mod error;
mod options;
mod sequence;
mod stream;
mod uri;

pub use error::RedisSequenceError;
pub use options::RedisOptions;
pub use redis;
pub use sequence::RedisIntegerSequence;
