//! The event store.

use std::num::NonZeroUsize;
use std::sync::Arc;

use es_store::{Appended, Position, RecordId, RecordManager, SequencedItem, TimeCursor, Timestamp};
use uuid::Uuid;

use super::custom_event::CustomEvent;
use super::mapper::Mapper;
use super::paged::BoxFuture;
use super::sequence_query::SequenceQuery;
use super::storable::{EventParts, Storable};
use super::streams::{RecordStream, SequenceIdStream, TimeStream};
use crate::domain::{
    Aggregate, DomainEvent, Replay, Salt, Standalone, StandaloneEvent, Stored, Verification,
    Verifier, integrity,
};
use crate::error::{Damage, IntegrityError, Result};

/// Stores and reads events: a mapper over a record manager. Cloning is cheap.
#[derive(Clone)]
pub struct EventStore {
    record_manager: Arc<dyn RecordManager>,
    mapper: Mapper,
    salt: Salt,
}

impl EventStore {
    /// Creates an event store from a record manager, a mapper and the salt of the events' hashes.
    ///
    /// The kind of positions is that of the table, unless the mapper sets one.
    #[must_use]
    pub fn new(record_manager: Arc<dyn RecordManager>, mapper: Mapper, salt: Salt) -> Self {
        let table_positions = record_manager.table().map(|table| table.position_kind);
        let mapper = match mapper.positions().or(table_positions) {
            Some(kind) => mapper.with_positions(kind),
            None => mapper,
        };
        Self {
            record_manager,
            mapper,
            salt,
        }
    }

    /// Stores events, all or none: events of an aggregate, standalone events, custom events, or
    /// items.
    ///
    /// Hashed events must have been hashed with this store's salt, because they could not be read
    /// otherwise. [`Application::save`](crate::application::Application::save) rehashes the events
    /// of a new aggregate if necessary.
    ///
    /// The events are mapped before this function returns. The future does not borrow them and can
    /// be spawned as a task.
    ///
    /// # Errors
    ///
    /// * [`Error::Conflict`](crate::error::Error::Conflict) if a position is taken;
    /// * [`Error::Integrity`](crate::error::Error::Integrity) if an event was hashed with another
    ///   salt;
    /// * those of [`Mapper::to_item`] and of the store.
    pub fn append<E: Storable>(&self, events: &[E]) -> BoxFuture<Result<Appended>> {
        let items = events.iter().map(|event| self.item(event));
        let items = items.collect::<Result<Vec<_>>>();
        let records = Arc::clone(&self.record_manager);
        // Boxed, because the compiler reports a type that is not `Storable` twice for an opaque
        // future.
        Box::pin(async move {
            let items = items?;
            if items.is_empty() {
                return Ok(Appended::default());
            }
            Ok(records.append(items.into()).await?)
        })
    }

    /// Replaces the stored event at the position of `event`, atomically. Returns whether there was
    /// one. For arrays, whose abandoned positions get tombstones; events are never replaced.
    #[doc(hidden)]
    pub async fn replace<E: Storable>(&self, event: &E) -> Result<bool> {
        let item = self.item(event)?;
        Ok(self.record_manager.replace_record(item).await?)
    }

    fn item<E: Storable>(&self, event: &E) -> Result<SequencedItem> {
        let parts = event.__parts()?;
        self.check_salt(&parts)?;
        self.mapper.item(parts)
    }

    fn check_salt(&self, parts: &EventParts<'_>) -> Result<()> {
        let EventParts::WithHeader { header, text } = parts else {
            return Ok(());
        };
        if header.event_hash.is_none() || integrity::verify(text, &self.salt).is_ok() {
            return Ok(());
        }
        Err(IntegrityError {
            sequence_id: header.originator_id,
            position: header.position().unwrap_or(0.into()),
            damage: Damage::Salt,
        }
        .into())
    }

    /// Returns a query for the standalone events of a sequence. The hash of each event is verified.
    pub fn standalone_events<E: Standalone>(&self, id: Uuid) -> SequenceQuery<StandaloneEvent<E>> {
        SequenceQuery::new(self, id, |store, item| {
            let text = store.mapper.canonical_text(&item)?;
            StandaloneEvent::decode(stored(&item, &text), &text, &store.salt)
        })
    }

    /// Returns a query for the custom events of a sequence. [`SequenceQuery::fold`] folds them into
    /// a state.
    pub fn custom_events<E: CustomEvent>(&self, id: Uuid) -> SequenceQuery<E> {
        SequenceQuery::new(self, id, |store, item| store.mapper.custom_event(&item))
    }

    /// Returns a query for the events of an aggregate.
    ///
    /// ```
    /// # use es_core::domain::{Aggregate, DomainEvent};
    /// # async fn last<A: Aggregate>(store: es_core::event_store::EventStore, id: uuid::Uuid) -> es_core::error::Result<()> {
    /// let last_five: Vec<DomainEvent<A>> = store.events(id).descending().limit(5).await?;
    ///
    /// let mut early = store.events::<A>(id).lt(100).stream();
    /// while let Some(event) = early.next().await {
    ///     println!("{:?}", event?.payload());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The hash of each event is verified. Its previous hash is verified only when an aggregate is
    /// loaded, and by [`verify`](Self::verify).
    pub fn events<A: Aggregate>(&self, id: Uuid) -> SequenceQuery<DomainEvent<A>> {
        SequenceQuery::new(self, id, |store, item| store.decode(&item))
    }

    /// Returns a query for the stored items of a sequence.
    pub fn items(&self, id: Uuid) -> SequenceQuery<SequencedItem> {
        SequenceQuery::new(self, id, |_, item| Ok(item))
    }

    /// Returns the event at a position, or `None` if there is none.
    pub async fn event<A: Aggregate>(
        &self,
        id: Uuid,
        at: impl Into<Position>,
    ) -> Result<Option<DomainEvent<A>>> {
        let at = at.into();
        self.events(id).gte(at).lte(at).first().await
    }

    /// Returns the last event of a sequence, or `None` if the sequence is empty.
    pub async fn most_recent_event<A: Aggregate>(
        &self,
        id: Uuid,
    ) -> Result<Option<DomainEvent<A>>> {
        self.events(id).descending().first().await
    }

    /// Returns a stream of the records of the application sequence after `after`, ascending.
    /// [`RecordId::ZERO`] starts at the first record.
    #[must_use]
    pub fn all_records(&self, after: RecordId, page_size: NonZeroUsize) -> RecordStream {
        RecordStream::new(Arc::clone(&self.record_manager), after, page_size)
    }

    /// Returns a stream of the items of all sequences in the order of their times, after a time or
    /// from the first. The positions of the table must be times.
    ///
    /// This is not an application sequence: clocks differ, and an item that is stored later may
    /// have an earlier time. To miss no item, follow [`all_records`](Self::all_records).
    #[must_use]
    pub fn items_by_time(&self, after: Option<Timestamp>) -> TimeStream {
        TimeStream::new(
            Arc::clone(&self.record_manager),
            after.map(TimeCursor::after),
        )
    }

    /// Returns a stream of the ids of all sequences, each once, in the store's own order.
    #[must_use]
    pub fn sequence_ids(&self) -> SequenceIdStream {
        SequenceIdStream::new(Arc::clone(&self.record_manager))
    }

    /// Verifies the hash and the previous hash of every event of a sequence. The types of the events
    /// need not be known.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::error::Error::Integrity) with the position of the first damaged
    /// event.
    pub async fn verify(&self, id: Uuid) -> Result<Verification> {
        let mut verifier = Verifier::new(self.salt.clone());
        let mut items = self.items(id).stream();
        while let Some(item) = items.next().await {
            let item = item?;
            let text = self.mapper.canonical_text(&item)?;
            verifier.apply(stored(&item, &text))?;
        }
        Ok(verifier.finish())
    }

    /// Replays an aggregate from items that the caller has read: all items of the sequence, in
    /// order. This lets a caller load an aggregate inside its own transaction.
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get`](crate::repository::Repository::get).
    pub fn replay<A: Aggregate>(&self, id: Uuid, items: &[SequencedItem]) -> Result<A> {
        let mut replay = Replay::new(id, self.salt.clone());
        for item in items {
            let text = self.mapper.canonical_text(item)?;
            replay.apply(stored(item, &text))?;
        }
        replay.finish()
    }

    /// Returns the record manager.
    #[must_use]
    pub fn record_manager(&self) -> &Arc<dyn RecordManager> {
        &self.record_manager
    }

    /// Returns the mapper.
    #[must_use]
    pub fn mapper(&self) -> &Mapper {
        &self.mapper
    }

    /// Returns the salt of the events' hashes.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    fn decode<A: Aggregate>(&self, item: &SequencedItem) -> Result<DomainEvent<A>> {
        let text = self.mapper.canonical_text(item)?;
        DomainEvent::decode(stored(item, &text), &text, &self.salt)
    }
}

/// Converts an item and its canonical text to the domain's view of a stored event.
pub(crate) fn stored<'a>(item: &'a SequencedItem, text: &'a str) -> Stored<'a> {
    Stored {
        sequence_id: item.sequence_id,
        position: item.position,
        topic: &item.topic,
        text,
    }
}

#[cfg(test)]
mod tests {
    use es_store::{MemoryRecordManager, Table, Topic};

    use super::*;

    #[tokio::test]
    async fn items_are_appended_unchanged() {
        let records = Arc::new(MemoryRecordManager::new(Table::stored_events()));
        let store = EventStore::new(records, Mapper::new(), Salt::none());
        let item = |position| SequencedItem {
            sequence_id: Uuid::from_u128(1),
            position: Position::Integer(position),
            topic: Topic::new("worlds#World.SomethingHappened"),
            data: "encrypted elsewhere".into(),
        };
        let items = [item(0), item(1)];
        assert_eq!(store.append(&items).await.unwrap().len(), 2);
        assert_eq!(store.items(items[0].sequence_id).await.unwrap(), items);
        assert!(store.append(&items[1..]).await.unwrap_err().is_conflict());
        let nothing: [SequencedItem; 0] = [];
        assert!(store.append(&nothing).await.unwrap().is_empty());
    }
}
