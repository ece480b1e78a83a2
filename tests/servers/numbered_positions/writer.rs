//! A writer of events and of references to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use es::notification_log::{NotificationLog as _, SectionRequest};
use es::redis::RedisIntegerSequence;
use es::structures::{IntegerSequence, Reference};
use es::{Aggregate as _, Result};
use tokio::sync::Notify;
use uuid::Uuid;

use super::domain::Counter;
use super::system::Client;

/// The end of a writer when it takes its last number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It does not end.
    Never,
    /// The number is used but never reaches the writer, which waits and writes nothing.
    WithNumber,
    /// The writer has the number and continues until it is aborted.
    Anywhere,
}

/// The numbers of one writer, with a last one.
pub struct Numbers {
    counter: RedisIntegerSequence,
    left: AtomicU64,
    end: End,
    reached: Notify,
}

impl Numbers {
    pub fn new(numbers: RedisIntegerSequence) -> Arc<Self> {
        Self::ending(numbers, 0, End::Never)
    }

    /// Creates numbers that end after `count`.
    pub fn ending(numbers: RedisIntegerSequence, count: u64, end: End) -> Arc<Self> {
        Arc::new(Self {
            counter: numbers,
            left: AtomicU64::new(count),
            end,
            reached: Notify::new(),
        })
    }

    /// Waits until the last number is taken.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }
}

#[async_trait]
impl IntegerSequence for Numbers {
    async fn next(&self) -> Result<u64> {
        let number = self.counter.next().await?;
        if self.end != End::Never && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.reached.notify_one();
            if self.end == End::WithNumber {
                std::future::pending::<()>().await;
            }
        }
        Ok(number)
    }

    async fn at_least(&self, number: u64) -> Result<()> {
        self.counter.at_least(number).await
    }
}

/// A writer of the events of one aggregate and of a reference to each.
pub struct Writer {
    pub client: Client,
    pub numbers: Arc<Numbers>,
    pub id: Uuid,
    /// The number of events that the aggregate shall have.
    pub events: u64,
}

impl Writer {
    /// Writes until all events are stored, and starts again after each error. The next writer of
    /// the aggregate continues where a killed one stopped.
    pub async fn run(self) {
        while let Err(error) = self.write().await {
            // A conflict is with an event that a killed writer had on its way.
            let is_expected = error.is_conflict()
                || matches!(error, es::Error::Unavailable(_) | es::Error::Unknown(_));
            assert!(is_expected, "{error:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn write(&self) -> Result<()> {
        let app = &self.client.app;
        let mut counter: Counter = match app.get(self.id).await {
            Err(es::Error::NotFound { .. }) => Counter::create_with(self.id, 0)?,
            found => found?,
        };
        let mut next = if counter.pending_events().is_empty() {
            self.first_without_position().await?
        } else {
            0
        };
        loop {
            if !counter.pending_events().is_empty() {
                app.save(&mut counter).await?;
            }
            let last = counter.version().get();
            while next <= last {
                self.assign(next).await?;
                next += 1;
            }
            if last + 1 == self.events {
                return Ok(());
            }
            counter.set_count(last + 1)?;
        }
    }

    async fn assign(&self, version: u64) -> Result<()> {
        let reference = Reference {
            sequence_id: self.id,
            position: i64::try_from(version).unwrap(),
        };
        let array = &self.client.array;
        array.assign_next(&*self.numbers, Some(reference)).await?;
        Ok(())
    }

    /// Returns the version of the first event without a reference. A reference of another writer
    /// may still be on its way. Its number is lower than one that is taken now; therefore it is
    /// stored or settled once no lower position is open.
    async fn first_without_position(&self) -> Result<u64> {
        let array = &self.client.array;
        let mark = array.assign_next(&*self.numbers, None).await?;
        let log = self.client.log();
        let mut next = 0;
        let mut position = 0;
        while position <= mark {
            let section = log
                .section(SectionRequest::containing(position + 1))
                .await?;
            for item in section.items {
                let number = item.record_id.get();
                if number <= position {
                    continue;
                }
                position = number;
                if let Some(reference) = item.reference()?
                    && reference.sequence_id == self.id
                {
                    next = u64::try_from(reference.position).unwrap() + 1;
                }
            }
            if position <= mark
                && section
                    .next
                    .is_none_or(|next| next.first().get() != position + 1)
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(next)
    }
}
