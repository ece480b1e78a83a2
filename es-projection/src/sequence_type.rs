//! The aggregate that a sequence belongs to, for topics that several aggregates share.
//!
//! With a common `base`, several aggregates store their `Created`, `AttributeChanged` and `Discarded`
//! events under the same topics. Only the first event of a sequence names the aggregate.

use std::sync::Arc;

use es_core::error::Result;
use es_core::event_store::EventStore;
use es_core::internal::RawHeader;
use es_core::notification_log::{NotificationLog, NotificationMapper, NotificationReader};
use es_store::{ItemQuery, RecordId};
use hashbrown::HashMap;
use uuid::Uuid;

/// The source from which first events are read.
#[derive(Clone)]
pub(crate) enum FirstEvents {
    /// The store of the sequences, with one query for each sequence.
    Store(EventStore),
    /// The log, if there is no access to the store. It is read from its beginning.
    Log(Arc<dyn NotificationLog>),
}

/// The aggregate that a sequence belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SequenceType {
    /// The aggregate at this index of the projection's list.
    Source(usize),
    /// An aggregate that is not in the list.
    Unlisted,
    /// Unknown: the first event names no aggregate.
    Unnamed,
}

/// Maximum number of cached sequences; they take about 40 MB.
const MAX_CACHED: usize = 1 << 20;

/// Finds the types of sequences by their first events, and caches them.
pub(crate) struct SequenceTypes {
    mapper: NotificationMapper,
    first_events: FirstEvents,
    /// Returns the index of an aggregate in the projection's list by its topic.
    source_of: fn(&str) -> Option<usize>,
    cache: HashMap<Uuid, SequenceType>,
}

impl SequenceTypes {
    pub(crate) fn new(
        mapper: NotificationMapper,
        first_events: FirstEvents,
        source_of: fn(&str) -> Option<usize>,
    ) -> Self {
        Self {
            mapper,
            first_events,
            source_of,
            cache: HashMap::new(),
        }
    }

    /// Returns the type of the sequence of an event, by the event's record id and canonical text.
    ///
    /// # Errors
    ///
    /// Those of the store or the log.
    pub(crate) async fn resolve(
        &mut self,
        record_id: RecordId,
        text: &str,
    ) -> Result<SequenceType> {
        if let Some((_, named)) = self.type_in_first_event(text) {
            return Ok(named);
        }
        // A text without an id is damaged, which the reader of the event reports.
        let id = RawHeader::parse(text).ok().and_then(|header| header.id);
        let Some(id) = id else {
            return Ok(SequenceType::Unnamed);
        };
        if let Some(cached) = self.cache.get(&id) {
            return Ok(*cached);
        }
        let found = match self.first_events.clone() {
            FirstEvents::Store(store) => self.query_store(&store, id).await?,
            FirstEvents::Log(log) => self.scan_log(log, id, record_id).await?,
        };
        self.insert(id, found);
        Ok(found)
    }

    /// Returns the sequence and the type that an event names, if it is a first event; caches them.
    fn type_in_first_event(&mut self, text: &str) -> Option<(Uuid, SequenceType)> {
        let header = RawHeader::parse(text).ok()?;
        let (id, topic) = (header.id?, header.originator_topic?);
        let source = (self.source_of)(&topic);
        let named = source.map_or(SequenceType::Unlisted, SequenceType::Source);
        self.insert(id, named);
        Some((id, named))
    }

    fn insert(&mut self, id: Uuid, sequence_type: SequenceType) {
        if self.cache.len() >= MAX_CACHED {
            self.cache.clear();
        }
        self.cache.insert(id, sequence_type);
    }

    async fn query_store(&mut self, store: &EventStore, id: Uuid) -> Result<SequenceType> {
        let query = ItemQuery {
            limit: Some(1),
            ..ItemQuery::new(id)
        };
        let first = store.record_manager().items(query).await?.pop();
        let Some(first) = first else {
            return Ok(SequenceType::Unnamed);
        };
        let text = store.mapper().canonical_text(&first)?;
        let named = self.type_in_first_event(&text);
        Ok(named.map_or(SequenceType::Unnamed, |(_, named)| named))
    }

    /// Reads the log up to the first event of a sequence, which lies before the given record. The
    /// first events on the way are cached too.
    async fn scan_log(
        &mut self,
        log: Arc<dyn NotificationLog>,
        id: Uuid,
        before: RecordId,
    ) -> Result<SequenceType> {
        let mut reader = NotificationReader::new(log);
        while let Some(next) = reader.next().await {
            let notification = next?;
            if notification.record_id >= before {
                break;
            }
            // An event that this program cannot read is not the one that the scan looks for.
            let Ok(text) = self.mapper.text(&notification) else {
                continue;
            };
            if let Some((first_of, named)) = self.type_in_first_event(&text)
                && first_of == id
            {
                return Ok(named);
            }
        }
        Ok(SequenceType::Unnamed)
    }
}
