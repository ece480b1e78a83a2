//! Of which aggregate a sequence is, where the topics of its events do not tell: those that follow a base which several share.

use std::sync::Arc;

use es_core::error::Result;
use es_core::event_store::EventStore;
use es_core::internal::Header;
use es_core::notification_log::{NotificationLog, NotificationMapper, NotificationReader};
use es_store::{ItemQuery, RecordId};
use hashbrown::HashMap;
use uuid::Uuid;

/// Where first events are found.
#[derive(Clone)]
pub(super) enum Origin {
    /// In the store that has the sequences.
    Store(EventStore),
    /// In the log alone, which is read from its beginning.
    Log(Arc<dyn NotificationLog>),
}

/// Whose sequence it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SequenceType {
    /// That of the aggregate at this place of the projection's list.
    Source(usize),
    /// Of an aggregate that is not listed.
    Others,
    /// Its first event does not say.
    Unsaid,
}

/// More sequences are not remembered at once: they take some 40 MB.
const MOST: usize = 1 << 20;

/// Knows types of sequences: by their first events as they come by, or as they are looked up.
pub(super) struct SequenceTypes {
    mapper: NotificationMapper,
    origin: Origin,
    /// The place of an aggregate in the projection's list, by its topic.
    source_of: fn(&str) -> Option<usize>,
    known: HashMap<Uuid, SequenceType>,
}

impl SequenceTypes {
    pub(super) fn new(
        mapper: NotificationMapper,
        origin: Origin,
        source_of: fn(&str) -> Option<usize>,
    ) -> Self {
        Self {
            mapper,
            origin,
            source_of,
            known: HashMap::new(),
        }
    }

    /// The type of the sequence that an event is of.
    ///
    /// # Errors
    ///
    /// Those of the store or the log.
    pub(super) async fn of(&mut self, at: RecordId, text: &str) -> Result<SequenceType> {
        if let Some((_, said)) = self.said(text) {
            return Ok(said);
        }
        // A text without an id is damaged, which is for who reads it to say.
        let id = Header::parse(text).ok().and_then(|header| header.id);
        let Some(id) = id else {
            return Ok(SequenceType::Unsaid);
        };
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        let found = match self.origin.clone() {
            Origin::Store(store) => self.look_up(&store, id).await?,
            Origin::Log(log) => self.read_to(log, id, at).await?,
        };
        self.learn(id, found);
        Ok(found)
    }

    /// What an event says of its sequence, if it is the first one; remembered.
    fn said(&mut self, text: &str) -> Option<(Uuid, SequenceType)> {
        let header = Header::parse(text).ok()?;
        let (id, topic) = (header.id?, header.originator_topic?);
        let source = (self.source_of)(&topic);
        let said = source.map_or(SequenceType::Others, SequenceType::Source);
        self.learn(id, said);
        Some((id, said))
    }

    fn learn(&mut self, id: Uuid, of: SequenceType) {
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(id, of);
    }

    async fn look_up(&mut self, store: &EventStore, id: Uuid) -> Result<SequenceType> {
        let first = ItemQuery {
            limit: Some(1),
            ..ItemQuery::new(id)
        };
        let first = store.record_manager().items(first).await?.pop();
        let Some(first) = first else {
            return Ok(SequenceType::Unsaid);
        };
        let text = store.mapper().canonical_text(&first)?;
        Ok(self.said(&text).map_or(SequenceType::Unsaid, |(_, of)| of))
    }

    /// Reads up to the first event of a sequence, which is before the one at hand. What comes before it is learnt as well.
    async fn read_to(
        &mut self,
        log: Arc<dyn NotificationLog>,
        id: Uuid,
        at: RecordId,
    ) -> Result<SequenceType> {
        let mut reader = NotificationReader::new(log);
        while let Some(next) = reader.next().await {
            let notification = next?;
            if notification.record_id >= at {
                break;
            }
            // What cannot be read is none of those that are looked for.
            let Ok(text) = self.mapper.text(&notification) else {
                continue;
            };
            if let Some((of, said)) = self.said(&text)
                && of == id
            {
                return Ok(said);
            }
        }
        Ok(SequenceType::Unsaid)
    }
}
