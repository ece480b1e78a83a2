use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{Record, RecordError, RecordId, RecordIds, RecordManager};

use super::notification::Notification;
use super::notification_log::{NotificationLog, POLL_INTERVAL};
use super::section::{Growth, Section, SectionRef, SectionRequest, SectionSize};
use crate::error::Result;
use crate::event_store::EventStore;

/// The notification log of a store: its records, in the order of their ids, as they are stored. Cloning is cheap.
///
/// Two things differ from Python's library, in what is answered and not in its form. The current section is the one that
/// holds the last notification; there, it is an empty one whenever the last is full. And where a record was deleted, the
/// sections go on behind the gap; there, they end at it for ever.
#[derive(Clone)]
pub struct LocalNotificationLog {
    records: Arc<dyn RecordManager>,
    size: SectionSize,
    poll_every: Duration,
}

impl LocalNotificationLog {
    /// Over a store's table. Followers are woken where the store tells of new records, as all do of those of this process;
    /// and they look from time to time.
    ///
    /// # Errors
    ///
    /// [`Error::Store`](crate::error::Error::Store) where the table has no contiguous record ids.
    pub fn new(records: Arc<dyn RecordManager>) -> Result<Self> {
        if records.capabilities().record_ids != RecordIds::Contiguous {
            return Err(RecordError::unsupported(
                "a notification log over a table without record ids",
            )
            .into());
        }
        Ok(Self {
            records,
            size: SectionSize::CLASSIC,
            poll_every: POLL_INTERVAL,
        })
    }

    /// Over an event store's table.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(store: &EventStore) -> Result<Self> {
        Self::new(Arc::clone(store.records()))
    }

    /// With sections of this size unless another is asked for; 20 unless told.
    #[must_use]
    pub fn section_size(mut self, size: SectionSize) -> Self {
        self.size = size;
        self
    }

    /// How often followers look for what others stored; four times a second unless told.
    #[must_use]
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }
}

#[async_trait]
impl NotificationLog for LocalNotificationLog {
    async fn section(&self, request: SectionRequest) -> Result<Section<Notification>> {
        let count = match request.section {
            SectionRef::Current => self.records.max_record_id().await?.get(),
            SectionRef::Containing(_) => 0,
        };
        let size = request.size.unwrap_or(self.size);
        let id = request.resolve(count, size);
        let limit = usize::try_from(size.get()).unwrap_or(usize::MAX);
        let mut found = self
            .records
            .records(RecordId::new(id.first() - 1), limit)
            .await?;
        // As many as asked for, or all there are: so the last one shows whether the section's end is reached, gaps or not.
        let growth = match found.last() {
            Some(last) if last.id.get() >= id.last() => Growth::Archived,
            _ => Growth::Open,
        };
        found.truncate(found.partition_point(|record| record.id.get() <= id.last()));
        let items = found.into_iter().map(notification).collect();
        Ok(Section::new(id, items, growth))
    }

    async fn changed(&self, after: u64) {
        // Taken before it looks, so that no commit falls between.
        let mut wake_up = self.records.wake_up();
        let behind = RecordId::new(after);
        // The next reading says what is wrong. An id may have been given to what is not there any more.
        while matches!(self.records.records(behind, 1).await, Ok(found) if found.is_empty()) {
            wake_up.wait(self.poll_every).await;
        }
    }
}

fn notification(record: Record) -> Notification {
    Notification {
        id: record.id,
        topic: record.item.topic,
        data: record.item.data,
    }
}
