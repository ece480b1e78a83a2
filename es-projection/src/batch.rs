//! What is read of the log, and handled in one transaction.

use std::ops::Range;
use std::sync::Arc;

use es_core::domain::EventHeader;
use es_core::error::{Error, Result};
use es_core::internal::{Claim, Reader, Tells};
use es_core::notification_log::{Notification, NotificationMapper};
use es_store::read_model::DeadLetter;
use es_store::{RecordId, Topic};
use hashbrown::HashMap;
use uuid::Uuid;

use crate::projection::Projection;
use crate::sequence_type::{Origin, SequenceType, SequenceTypes};

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
            position: self.notification.record_id,
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
            Some(next) => next.notification.record_id.previous(),
            None => self.to,
        }
    }
}

/// More topics than programs have are not remembered: a log of another service may hold anything.
const MOST_TOPICS: usize = 10_000;

/// Makes events of notifications that are handled, and passes over all others unread.
pub(super) struct Decoder<P: Projection<T>, T> {
    mapper: NotificationMapper,
    routes: HashMap<Topic, Handling<P::Event>>,
    types: SequenceTypes,
}

/// Who handles what is stored under a topic.
enum Handling<E> {
    Nobody,
    Reader(Reader<E>),
    /// One of these, by the type of the sequence.
    ByType(Arc<[Candidate<E>]>),
}

/// An aggregate of the projection that events under a topic may be of, with its place in the list.
struct Candidate<E> {
    source: usize,
    reader: Option<Reader<E>>,
}

impl<E> Clone for Handling<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Nobody => Self::Nobody,
            Self::Reader(reader) => Self::Reader(*reader),
            Self::ByType(candidates) => Self::ByType(Arc::clone(candidates)),
        }
    }
}

impl<P: Projection<T>, T> Decoder<P, T> {
    pub(super) fn new(mapper: NotificationMapper, origin: Origin) -> Self {
        let source_of = |topic: &str| P::SOURCES.iter().position(|source| source.is_called(topic));
        Self {
            types: SequenceTypes::new(mapper.clone(), origin, source_of),
            mapper,
            routes: HashMap::new(),
        }
    }

    /// The event, if it is handled.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] where it is to be told whose event it is, and the store or the log cannot answer; those after
    /// which nothing can go on: it is damaged, or the key or the salt is wrong.
    pub(super) async fn entry(
        &mut self,
        notification: Notification,
    ) -> Result<Option<Entry<P::Event>>> {
        let handling = self.handling(&notification.topic);
        if let Handling::Nobody = handling {
            return Ok(None);
        }
        let text = self.mapper.text(&notification)?;
        let reader = match handling {
            Handling::Nobody => None,
            Handling::Reader(reader) => Some(reader),
            Handling::ByType(candidates) => self.by_type(&candidates, &notification, &text).await?,
        };
        let Some(reader) = reader else {
            return Ok(None);
        };
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

    async fn by_type(
        &mut self,
        candidates: &[Candidate<P::Event>],
        notification: &Notification,
        text: &str,
    ) -> Result<Option<Reader<P::Event>>> {
        let found = match self.types.of(notification.record_id, text).await? {
            // As where it is loaded: it is ours where it does not say otherwise.
            SequenceType::Unsaid => candidates.first(),
            SequenceType::Others => None,
            SequenceType::Source(source) => candidates.iter().find(|it| it.source == source),
        };
        Ok(found.and_then(|candidate| candidate.reader))
    }

    fn handling(&mut self, topic: &Topic) -> Handling<P::Event> {
        if let Some(known) = self.routes.get(topic.as_str()) {
            return known.clone();
        }
        let found = Self::find(topic.as_str());
        if self.routes.len() < MOST_TOPICS {
            self.routes.insert(topic.clone(), found.clone());
        }
        found
    }

    fn find(topic: &str) -> Handling<P::Event> {
        let sources = P::SOURCES.iter().enumerate();
        let claims = sources.filter_map(|(at, source)| Some((at, source.claim(topic)?)));
        let claims: Vec<(usize, Claim<P::Event>)> = claims.collect();
        if claims.iter().all(|(_, claim)| claim.reader.is_none()) {
            return Handling::Nobody;
        }
        let is_told = |(_, claim): &&(usize, Claim<P::Event>)| claim.tells == Tells::Whose;
        if let Some((_, claim)) = claims.iter().find(is_told) {
            let mut readers = claims.iter().filter(is_told);
            let reader = readers.find_map(|(_, claim)| claim.reader).or(claim.reader);
            return reader.map_or(Handling::Nobody, Handling::Reader);
        }
        let candidates = claims.into_iter().map(|(source, claim)| Candidate {
            source,
            reader: claim.reader,
        });
        Handling::ByType(candidates.collect())
    }
}

/// The aggregate that an event holds up which is whole, and does not fit this program.
fn held_up(error: &Error) -> Option<Uuid> {
    match error {
        Error::Undecodable { sequence_id, .. }
        | Error::NewerEvent { sequence_id, .. }
        | Error::UnknownTopic { sequence_id, .. } => Some(*sequence_id),
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
