//! What is read of the log, and handled in one transaction.

use std::ops::Range;

use hashbrown::HashMap;
use uuid::Uuid;

use super::projection::Projection;
use super::read_model::DeadLetter;
use crate::domain::{EventHeader, Reader};
use crate::error::{Error, Result};
use crate::infrastructure::RecordId;
use crate::notification_log::{Notification, NotificationMapper};
use crate::topic::Topic;

/// An event that is to be handled.
pub(super) struct Entry<E> {
    pub(super) aggregate_id: Uuid,
    /// The event; or why it cannot be read, where that holds up its aggregate alone.
    pub(super) event: Result<(EventHeader, E), String>,
    pub(super) notification: Notification,
}

impl<E> Entry<E> {
    pub(super) fn letter(&self, error: String, attempts: u32) -> DeadLetter {
        DeadLetter {
            aggregate_id: self.aggregate_id,
            position: self.notification.id,
            topic: self.notification.topic.clone(),
            data: self.notification.data.clone(),
            error,
            attempts,
            request: None,
        }
    }
}

/// Events in their order, out of a span of the log in which no other is handled.
pub(super) struct Batch<E> {
    /// Up to where all was handled before.
    pub(super) from: RecordId,
    /// Up to where all is handled after it.
    pub(super) to: RecordId,
    pub(super) entries: Vec<Entry<E>>,
}

impl<E> Batch<E> {
    /// No events, at a position.
    pub(super) const fn none(at: RecordId) -> Self {
        Self {
            from: at,
            to: at,
            entries: Vec::new(),
        }
    }

    pub(super) fn all(&self) -> Range<usize> {
        0..self.entries.len()
    }

    /// The position once so many entries are handled.
    pub(super) fn position_after(&self, handled: usize) -> RecordId {
        match self.entries.get(handled) {
            Some(next) => RecordId::new(next.notification.id.get().saturating_sub(1)),
            None => self.to,
        }
    }
}

/// More topics than programs have are not remembered: a log of another service may hold anything.
const MOST_TOPICS: usize = 10_000;

/// Makes events of notifications that are handled, and passes over all others unread.
pub(super) struct Decoder<P: Projection<T>, T> {
    mapper: NotificationMapper,
    readers: HashMap<Topic, Option<Reader<P::Event>>>,
}

impl<P: Projection<T>, T> Decoder<P, T> {
    pub(super) fn new(mapper: NotificationMapper) -> Self {
        Self {
            mapper,
            readers: HashMap::new(),
        }
    }

    /// The event, if it is handled.
    ///
    /// # Errors
    ///
    /// Those after which nothing can go on: it is damaged, or the key or the salt is wrong.
    pub(super) fn entry(&mut self, notification: Notification) -> Result<Option<Entry<P::Event>>> {
        let Some(reader) = self.reader(&notification.topic) else {
            return Ok(None);
        };
        let text = self.mapper.text(&notification)?;
        let read = reader.read(&notification.topic, &text, self.mapper.salt());
        let (aggregate_id, event) = match read {
            Ok((header, event)) => (header.originator_id, Ok((header, event))),
            Err(error) => match held_up(&error) {
                Some(aggregate_id) => (aggregate_id, Err(described(&error))),
                None => return Err(error),
            },
        };
        Ok(Some(Entry {
            aggregate_id,
            event,
            notification,
        }))
    }

    fn reader(&mut self, topic: &Topic) -> Option<Reader<P::Event>> {
        if let Some(known) = self.readers.get(topic.as_str()) {
            return *known;
        }
        let mut sources = P::SOURCES.iter();
        let found = sources.find_map(|source| source.reader(topic.as_str()));
        if self.readers.len() < MOST_TOPICS {
            self.readers.insert(topic.clone(), found);
        }
        found
    }
}

/// The aggregate that an event holds up which is whole, and does not fit this program.
fn held_up(error: &Error) -> Option<Uuid> {
    match error {
        Error::Undecodable { sequence_id, .. } | Error::NewerEvent { sequence_id, .. } => {
            Some(*sequence_id)
        }
        _ => None,
    }
}

/// An error with what it comes from.
pub(super) fn described(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| {
        format!("{text}: {source}")
    })
}
