//! Integer sequences on Redis for `es`: numbers for positions in big arrays, for those who write side by side in many
//! processes.
//!
//! ```no_run
//! use std::num::NonZeroU32;
//! use es_structures::{BigArray, IntegerSequence};
//! use es_core::event_store::EventStore;
//! use es_structures::Reference;
//! use es_redis::RedisIntegerSequence;
//!
//! # async fn example(store: EventStore, log: uuid::Uuid, reference: Reference) -> es_core::error::Result<()> {
//! let size = NonZeroU32::new(10_000).expect("not 0");
//! let array = BigArray::<Option<Reference>>::new(store, log, size);
//!
//! let key = RedisIntegerSequence::key_for(log);
//! let numbers = RedisIntegerSequence::open("redis://:password@redis.internal/0", key)?;
//! numbers.at_least(array.next_position().await?).await?; // before the first: Redis may have lost its memory
//! let position = array.assign_next(&numbers, Some(reference)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A number is what `INCR` answers, less 1: so 0, 1, 2 …, as with `RedisIncr` of Python's `eventsourcing`. Programs of both
//! kinds share one counter.
//!
//! **It is never given out twice by a Redis that keeps its memory.** An `INCR` whose answer is lost has used up a number,
//! which nobody has: a hole. So has a writer that stops between its number and its item. Followers of the array hold at
//! holes ([`ArrayNotificationLog::stop_at_gaps`](es_structures::ArrayNotificationLog::stop_at_gaps)), and a
//! [`Settler`](es_structures::Settler) ends them.
//!
//! **Redis may lose its memory**: restarted without persistence, or with its last second's changes not on its disk; failed over
//! to a replica that was behind; with the key evicted (`maxmemory-policy` is best `noeviction`). It counts from an
//! earlier number then. No item is lost or overwritten, for the array takes each position once. But where an old hole lies
//! there, a later item may get a position before an earlier one.
//! [`BigArray::assign_next`](es_structures::BigArray::assign_next) notices a counter that went back, or a position
//! that is taken, and raises the counter to the array's next position, which is one step for Redis; a program that
//! begins does so by [`at_least`](RedisIntegerSequence::at_least), as above. SettleReport holes close the rest.
//!
//! **What it is for.** It spreads the writers of one array without a conflict between them, as the Python library does. Each
//! item costs a question to Redis and a conditional insertion of its own in the array's partition, so the store decides how fast
//! that is, and a hot partition is slow: events with positions came at 0.29 to 0.39 of the rate of events alone from 1 task, and
//! at 0.26 to 0.28 from 64, on one node of Cassandra (two runs of `cargo bench --bench issued_positions`, on a machine that was
//! busy otherwise).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod link;
mod options;
mod sequence;
mod stream;
mod uri;

pub use error::RedisSequenceError;
pub use es_store::kit::Tls;
pub use options::RedisOptions;
pub use redis;
pub use sequence::RedisIntegerSequence;
