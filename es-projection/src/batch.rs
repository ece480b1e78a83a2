//! A batch: the events of a span of the log, handled in one transaction.

use std::ops::Range;

use es_core::domain::EventHeader;
use es_core::notification_log::Notification;
use es_store::RecordId;
use es_store::read_model::DeadLetter;
use uuid::Uuid;

/// An event of a batch.
pub(crate) struct Entry<E> {
    pub(crate) aggregate_id: Uuid,
    /// The event, or the reason why this program cannot read it. An event that is unreadable becomes
    /// a dead letter, which blocks only its aggregate.
    pub(crate) event: Result<(EventHeader, E), String>,
    pub(crate) notification: Notification,
}

impl<E> Entry<E> {
    pub(crate) fn dead_letter(&self, error: String, attempts: u32) -> DeadLetter {
        DeadLetter {
            aggregate_id: self.aggregate_id,
            record_id: self.notification.record_id,
            topic: self.notification.topic.clone(),
            data: self.notification.data.clone(),
            error,
            attempts,
            request: None,
        }
    }
}

/// The events with handlers in a span of the log, in order.
pub(crate) struct Batch<E> {
    /// The position before the batch.
    pub(crate) from: RecordId,
    /// The position after the batch. It may lie beyond the last entry, as records without handlers
    /// are part of the span.
    pub(crate) to: RecordId,
    pub(crate) entries: Vec<Entry<E>>,
}

impl<E> Batch<E> {
    /// Creates an empty batch at a position.
    pub(crate) const fn empty(position: RecordId) -> Self {
        Self {
            from: position,
            to: position,
            entries: Vec::new(),
        }
    }

    pub(crate) fn all(&self) -> Range<usize> {
        0..self.entries.len()
    }

    /// Returns the position before the entry at an index.
    pub(crate) fn position_before(&self, index: usize) -> RecordId {
        match index {
            0 => self.from,
            handled => self.position_after(handled),
        }
    }

    /// Returns the position after the first `handled` entries: just before the next entry, so that the
    /// records between them are not read again.
    pub(crate) fn position_after(&self, handled: usize) -> RecordId {
        match self.entries.get(handled) {
            Some(next) => next.notification.record_id.previous(),
            None => self.to,
        }
    }
}

/// Returns the message of an error followed by those of its sources.
pub(crate) fn error_chain(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| {
        format!("{text}: {source}")
    })
}
