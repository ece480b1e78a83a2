//! Logs whose messages lie in buckets of time: by year, month, day, hour, minute or second, always in UTC.
//!
//! The log itself is an entity, [`TimeBucketedLog`], saved and loaded as any other. Its messages lie in a table whose
//! positions are times, such as [`Table::timestamp_sequenced_no_id`](es_store::Table::timestamp_sequenced_no_id). The format
//! is that of Python's `eventsourcing` (`docs/formats.md`, section 13), with the buckets always in UTC.
//!
//! ```
//! use es_core::application::Application;
//! use es_structures::{BucketSize, TimeBucketedLog};
//! use es_core::domain::Salt;
//! use es_store::{Datastore, MemoryDatastore, Table};
//! use es_core::event_store::{EventStore, Mapper};
//! use es_structures::LogMessages;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> es_core::error::Result<()> {
//! let database = MemoryDatastore::new();
//! let app = Application::builder()
//!     .store(database.record_manager(Table::stored_events()).await?)
//!     .open()
//!     .await?;
//! let table = database.record_manager(Table::timestamp_sequenced_no_id()).await?;
//! let store = EventStore::new(table, Mapper::new(), Salt::none());
//!
//! let mut log = TimeBucketedLog::start(uuid::Uuid::new_v4(), BucketSize::Month)?;
//! app.save(&mut log).await?;
//!
//! let messages = LogMessages::new(&log, store)?;
//! messages.append("it rains").await?;
//! messages.append("the sun shines").await?;
//! let latest = messages.read().limit(1).await?;
//! assert_eq!(latest[0].payload().message, "the sun shines");
//! # Ok(())
//! # }
//! ```

mod log;
mod message_query;
mod time_bucket;

use std::time::Duration;

use es_core::domain::{Aggregate, LoneEvent};
use es_core::error::{Error, Result};
use es_core::event_store::EventStore;
use es_core::{Retry, retry};
use es_store::Timestamp;
use uuid::Uuid;

pub use self::log::{MessageLogged, TimeBucketedLog, TimeBucketedLogEvent, TimeBucketedLogStarted};
pub use self::message_query::{MessageQuery, MessageStream};
pub use self::time_bucket::{BucketSize, TimeBucket};

/// Writes and reads the messages of a time-bucketed log. Cloning is cheap.
#[derive(Clone)]
pub struct LogMessages {
    name: Uuid,
    bucket_size: BucketSize,
    started_on: Timestamp,
    store: EventStore,
}

impl LogMessages {
    /// Of a log, in a store whose positions are times.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`] where the log was stopped.
    pub fn new(log: &TimeBucketedLog, store: EventStore) -> Result<Self> {
        if log.is_discarded() {
            return Err(Error::Discarded { id: log.id() });
        }
        Ok(Self {
            name: log.name(),
            bucket_size: log.bucket_size(),
            started_on: log.started_on(),
            store,
        })
    }

    /// Logs a message at the time of the clock. No two messages have the same microsecond: where that of the clock is
    /// taken, it is tried again a little later.
    ///
    /// # Errors
    ///
    /// Those of the store, and [`Error::Conflict`] where every microsecond that was tried is taken.
    pub async fn append(&self, message: impl Into<String>) -> Result<LoneEvent<MessageLogged>> {
        let message = message.into();
        let policy = Retry::default()
            .wait(Duration::from_micros(100))
            .jitter(1.0);
        retry(policy, || self.append_at(Timestamp::now(), message.clone())).await
    }

    /// Logs a message at a time, in that time's bucket.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where there is a message at that microsecond, and those of the store.
    pub async fn append_at(
        &self,
        time: Timestamp,
        message: impl Into<String>,
    ) -> Result<LoneEvent<MessageLogged>> {
        let logged = MessageLogged {
            message: message.into(),
        };
        let bucket = TimeBucket::containing(time, self.bucket_size).id(self.name);
        // What has a time and no version has no use for this one.
        let version = es_core::domain::Version::FIRST;
        let event = LoneEvent::new(bucket, version, time, logged, self.store.salt())?;
        self.store.append(std::slice::from_ref(&event)).await?;
        Ok(event)
    }

    /// The messages, the latest first unless told: those of the buckets from the one in which the log was started to
    /// that of the clock's time when the reading begins.
    pub fn read(&self) -> MessageQuery {
        MessageQuery::new(self)
    }
}
