//! Decoding of notifications into the events of a projection.

use std::sync::Arc;

use es_core::error::{Error, Result};
use es_core::internal::{Reader, SourceMatch, TopicOwnership};
use es_core::notification_log::{Notification, NotificationMapper};
use es_store::{RecordId, Topic};
use hashbrown::HashMap;
use uuid::Uuid;

use crate::batch::{Entry, error_chain};
use crate::projection::Projection;
use crate::sequence_type::{FirstEvents, SequenceType, SequenceTypes};

/// Maximum number of cached topics. A log of another service may hold any number.
const MAX_CACHED_TOPICS: usize = 10_000;

/// Decodes notifications with handlers and skips the others without reading their data.
pub(crate) struct Decoder<P: Projection<T>, T> {
    mapper: NotificationMapper,
    decodings: HashMap<Topic, Decoding<P::Event>>,
    types: SequenceTypes,
}

/// The way in which events of a topic are decoded.
enum Decoding<E> {
    /// The topic has no handler.
    Skip,
    /// The topic belongs to one aggregate.
    Reader(Reader<E>),
    /// Several aggregates share the topic, and the type of the sequence decides.
    BySequenceType(Arc<[Candidate<E>]>),
}

/// An aggregate of the projection that may own a shared topic.
struct Candidate<E> {
    /// The index of the aggregate in the projection's list.
    source: usize,
    reader: Option<Reader<E>>,
}

impl<E> Clone for Decoding<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Skip => Self::Skip,
            Self::Reader(reader) => Self::Reader(*reader),
            Self::BySequenceType(candidates) => Self::BySequenceType(Arc::clone(candidates)),
        }
    }
}

impl<P: Projection<T>, T> Decoder<P, T> {
    pub(crate) fn new(mapper: NotificationMapper, first_events: FirstEvents) -> Self {
        let source_of = |topic: &str| P::SOURCES.iter().position(|source| source.is_called(topic));
        Self {
            types: SequenceTypes::new(mapper.clone(), first_events, source_of),
            mapper,
            decodings: HashMap::new(),
        }
    }

    /// Decodes a notification; `None` if it has no handler.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`] if the type of the sequence has to be looked up and the store or the log
    /// is unavailable; other errors for a damaged event or a wrong key or salt, which end the
    /// projection.
    pub(crate) async fn decode(
        &mut self,
        notification: Notification,
    ) -> Result<Option<Entry<P::Event>>> {
        let decoding = self.decoding(&notification.topic);
        if let Decoding::Skip = decoding {
            return Ok(None);
        }
        let text = self.mapper.text(&notification)?;
        let reader = match decoding {
            Decoding::Skip => None,
            Decoding::Reader(reader) => Some(reader),
            Decoding::BySequenceType(candidates) => {
                self.reader_by_type(&candidates, notification.record_id, &text)
                    .await?
            }
        };
        let Some(reader) = reader else {
            return Ok(None);
        };
        let read = reader.read(&notification.topic, &text, self.mapper.salt());
        let (aggregate_id, event) = match read {
            Ok((header, event)) => (header.originator_id, Ok((header, event))),
            Err(error) => match blocked_aggregate(&error) {
                Some(aggregate_id) => (aggregate_id, Err(error_chain(&error))),
                None => return Err(error),
            },
        };
        Ok(Some(Entry {
            aggregate_id,
            event,
            notification,
        }))
    }

    async fn reader_by_type(
        &mut self,
        candidates: &[Candidate<P::Event>],
        record_id: RecordId,
        text: &str,
    ) -> Result<Option<Reader<P::Event>>> {
        let found = match self.types.resolve(record_id, text).await? {
            // The repository does the same: it loads a sequence as the requested type unless the
            // sequence names another.
            SequenceType::Unnamed => candidates.first(),
            SequenceType::Unlisted => None,
            SequenceType::Source(source) => candidates.iter().find(|it| it.source == source),
        };
        Ok(found.and_then(|candidate| candidate.reader))
    }

    fn decoding(&mut self, topic: &Topic) -> Decoding<P::Event> {
        if let Some(cached) = self.decodings.get(topic.as_str()) {
            return cached.clone();
        }
        let found = Self::find_decoding(topic.as_str());
        if self.decodings.len() < MAX_CACHED_TOPICS {
            self.decodings.insert(topic.clone(), found.clone());
        }
        found
    }

    fn find_decoding(topic: &str) -> Decoding<P::Event> {
        let sources = P::SOURCES.iter().enumerate();
        let matches =
            sources.filter_map(|(index, source)| Some((index, source.match_topic(topic)?)));
        let matches: Vec<(usize, SourceMatch<P::Event>)> = matches.collect();
        if matches.iter().all(|(_, found)| found.reader.is_none()) {
            return Decoding::Skip;
        }
        let is_unique = |(_, found): &&(usize, SourceMatch<P::Event>)| {
            found.ownership == TopicOwnership::Exclusive
        };
        if let Some((_, found)) = matches.iter().find(is_unique) {
            let mut readers = matches.iter().filter(is_unique);
            let reader = readers.find_map(|(_, found)| found.reader).or(found.reader);
            return reader.map_or(Decoding::Skip, Decoding::Reader);
        }
        let candidates = matches.into_iter().map(|(source, found)| Candidate {
            source,
            reader: found.reader,
        });
        Decoding::BySequenceType(candidates.collect())
    }
}

/// Returns the aggregate that an unreadable event blocks, if the event is undamaged and only does not
/// fit this program.
fn blocked_aggregate(error: &Error) -> Option<Uuid> {
    match error {
        Error::Undecodable { sequence_id, .. }
        | Error::NewerEvent { sequence_id, .. }
        | Error::UnknownTopic { sequence_id, .. } => Some(*sequence_id),
        _ => None,
    }
}
