//! The notification log of a store of this process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{Record, RecordError, RecordId, RecordIds, RecordManager};

use super::notification::Notification;
use super::notification_log::{NotificationLog, POLL_INTERVAL};
use super::section::{Section, SectionState};
use super::section_request::{SectionRef, SectionRequest};
use super::section_size::SectionSize;
use crate::error::Result;
use crate::event_store::EventStore;

/// The notification log of a store: its records by ascending id, with their stored text. Cloning is
/// cheap.
///
/// Two answers differ from those of the Python library; their format is the same.
///
/// * The current section is the section of the last notification. In Python it is an empty section
///   if the last one is full.
/// * If a record was deleted, the log continues after the gap. In Python it ends there forever.
#[derive(Clone)]
pub struct LocalNotificationLog {
    records: Arc<dyn RecordManager>,
    size: SectionSize,
    poll_every: Duration,
}

impl LocalNotificationLog {
    /// Creates the log of a store's table.
    ///
    /// Followers wake up when the store signals new records; every store signals the records of
    /// its own process. Followers also poll, at the interval of [`poll_every`](Self::poll_every).
    ///
    /// # Errors
    ///
    /// [`Error::Store`](crate::error::Error::Store) if the table has no contiguous record ids.
    pub fn new(records: Arc<dyn RecordManager>) -> Result<Self> {
        if records.capabilities().record_ids != RecordIds::Contiguous {
            return Err(RecordError::unsupported(
                "a notification log over a table without record ids",
            )
            .into());
        }
        Ok(Self {
            records,
            size: SectionSize::DEFAULT,
            poll_every: POLL_INTERVAL,
        })
    }

    /// Creates the log of an event store's table.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_event_store(store: &EventStore) -> Result<Self> {
        Self::new(Arc::clone(store.record_manager()))
    }

    /// Sets the size of sections, for requests without a size. Default: 20.
    #[must_use]
    pub fn section_size(mut self, size: SectionSize) -> Self {
        self.size = size;
        self
    }

    /// Sets the interval at which followers poll for records of other processes. Default: 250 ms.
    #[must_use]
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }
}

#[async_trait]
impl NotificationLog for LocalNotificationLog {
    async fn section(&self, request: SectionRequest) -> Result<Section<Notification>> {
        let last = match request.section {
            SectionRef::Current => self.records.max_record_id().await?,
            SectionRef::Containing(_) => RecordId::ZERO,
        };
        let size = request.size.unwrap_or(self.size);
        let id = request.resolve(last, size);
        let limit = usize::try_from(size.get()).unwrap_or(usize::MAX);
        let mut found = self.records.records(id.first().previous(), limit).await?;
        // The store returns `limit` records or all that there are. So the last one shows whether
        // the log has reached the end of the section, even if there are gaps in it.
        let state = match found.last() {
            Some(last) if last.id >= id.last() => SectionState::Archived,
            _ => SectionState::Open,
        };
        found.truncate(found.partition_point(|record| record.id <= id.last()));
        let items = found.into_iter().map(notification).collect();
        Ok(Section::new(id, items, state))
    }

    async fn changed(&self, after: RecordId) {
        // Subscribes before it reads, so that it misses no commit in between.
        let mut wake_up = self.records.wake_up();
        // On an error it returns: the follower's next read reports the error. It reads instead of
        // comparing the greatest id, which may be that of a deleted record.
        while matches!(self.records.records(after, 1).await, Ok(found) if found.is_empty()) {
            wake_up.wait(self.poll_every).await;
        }
    }
}

fn notification(record: Record) -> Notification {
    Notification {
        record_id: record.id,
        topic: record.item.topic,
        data: record.item.data,
    }
}
