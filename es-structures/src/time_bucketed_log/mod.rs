//! Logs with messages in buckets of time: years, months, days, hours, minutes or seconds, always in UTC.
//!
//! The log itself is an entity, [`TimeBucketedLog`], which is saved and loaded as any other. Its messages are in a table with
//! times as positions, such as [`Table::timestamp_sequenced_no_id`](es_store::Table::timestamp_sequenced_no_id). The format
//! is that of Python's `eventsourcing` (`docs/formats.md`, section 13).
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

use es_core::domain::{Aggregate, StandaloneEvent};
use es_core::error::{Error, Result};
use es_core::event_store::EventStore;
use es_core::{Retry, retry};
use es_store::Timestamp;
use uuid::Uuid;

pub use self::log::{MessageLogged, TimeBucketedLog, TimeBucketedLogEvent, TimeBucketedLogStarted};
pub use self::message_query::{MessageQuery, MessageStream};
pub use self::time_bucket::{BucketSize, TimeBucket};

/// Writes and reads the messages of a time-bucketed log.
#[derive(Clone)]
pub struct LogMessages {
    name: Uuid,
    bucket_size: BucketSize,
    started_on: Timestamp,
    store: EventStore,
}

impl LogMessages {
    /// Creates access to the messages of a log, in a store with times as positions.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`] if the log was stopped.
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

    /// Logs a message at the current time. Each microsecond holds one message; if it is taken, the message is logged a little
    /// later.
    ///
    /// # Errors
    ///
    /// Those of the store, and [`Error::Conflict`] if every attempt met a taken microsecond.
    pub async fn append(
        &self,
        message: impl Into<String>,
    ) -> Result<StandaloneEvent<MessageLogged>> {
        let message = message.into();
        let policy = Retry::default()
            .wait(Duration::from_micros(100))
            .jitter(1.0);
        retry(policy, || self.append_at(Timestamp::now(), message.clone())).await
    }

    /// Logs a message at a given time, in the bucket of that time.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if there is a message at that microsecond, and those of the store.
    pub async fn append_at(
        &self,
        time: Timestamp,
        message: impl Into<String>,
    ) -> Result<StandaloneEvent<MessageLogged>> {
        let logged = MessageLogged {
            message: message.into(),
        };
        let bucket = TimeBucket::containing(time, self.bucket_size).id(self.name);
        // Ignored, because the event has a time instead of a version.
        let version = es_core::domain::Version::FIRST;
        let event = StandaloneEvent::new(bucket, version, time, logged, self.store.salt())?;
        self.store.append(std::slice::from_ref(&event)).await?;
        Ok(event)
    }

    /// Queries the messages, by default the latest first.
    ///
    /// The query covers the buckets from that of the start of the log to that of the current time.
    pub fn read(&self) -> MessageQuery {
        MessageQuery::new(self)
    }
}
