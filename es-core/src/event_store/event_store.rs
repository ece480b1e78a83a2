use std::num::NonZeroUsize;
use std::sync::Arc;

use es_store::{Appended, Position, RecordId, RecordManager, SequencedItem, TimePlace, Timestamp};
use uuid::Uuid;

use super::custom_event::CustomEvent;
use super::mapper::Mapper;
use super::paged::BoxFuture;
use super::record_stream::{RecordStream, SequenceIdStream};
use super::sequence_query::SequenceQuery;
use super::storable::Storable;
use super::time_stream::TimeStream;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::{DomainEvent, EventHeader, Stored};
use crate::domain::integrity::{self, Salt, Verification, Verifier};
use crate::domain::library::{Standalone, StandaloneEvent};
use crate::domain::replay::Replay;
use crate::error::{Damage, IntegrityError, Result};

/// Keeps and reads domain events: a mapper over a record manager. Cloning is cheap.
#[derive(Clone)]
pub struct EventStore {
    records: Arc<dyn RecordManager>,
    mapper: Mapper,
    salt: Salt,
}

impl EventStore {
    /// Over a store, with the mapper that its texts need and the salt that its events are sealed with. The positions are
    /// those that the store's table holds, unless the mapper says what they are.
    #[must_use]
    pub fn new(records: Arc<dyn RecordManager>, mapper: Mapper, salt: Salt) -> Self {
        let held = records.table().map(|table| table.position_kind);
        let mapper = match mapper.positions().or(held) {
            Some(kind) => mapper.with_positions(kind),
            None => mapper,
        };
        Self {
            records,
            mapper,
            salt,
        }
    }

    /// Stores events, all or none: those of an aggregate, lone ones, or those of a model of one's own. Those that are sealed
    /// must be sealed with this store's salt, for else nobody could read them here.
    /// [`Application::save`](crate::application::Application::save) seals those of a new aggregate again where need be.
    ///
    /// TextBuffer are made of the events at once, not where the future is awaited: it may be a task of its own, whatever the events
    /// are.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`](crate::error::Error::Conflict) where a position is taken,
    /// [`Error::Integrity`](crate::error::Error::Integrity) where an event is sealed with another salt, those of
    /// [`Mapper::to_item`], and those of the store.
    pub fn append<E: Storable>(&self, events: &[E]) -> BoxFuture<Result<Appended>> {
        let store = self.clone();
        let items = events.iter().map(|event| self.checked_item(event));
        let items = items.collect::<Result<_>>();
        // Boxed, so that the compiler says once what is no event: it would say it of an opaque type again.
        Box::pin(async move { store.append_items(items?).await })
    }

    /// Stores an event in the place of the one at its position, in one step; says whether there was one.
    pub async fn replace<E: Storable>(&self, event: &E) -> Result<bool> {
        let item = self.checked_item(event)?;
        Ok(self.records.replace_record(item).await?)
    }

    fn checked_item<E: Storable>(&self, event: &E) -> Result<SequencedItem> {
        if let Some((header, text)) = event.__made() {
            self.check_sealed(header, text)?;
        }
        self.mapper.to_item(event)
    }

    fn check_sealed(&self, header: &EventHeader, text: &str) -> Result<()> {
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

    /// Stores items of events that are known to be sealed with this store's salt.
    pub(crate) async fn append_items(&self, items: Vec<SequencedItem>) -> Result<Appended> {
        if items.is_empty() {
            return Ok(Appended::default());
        }
        Ok(self.records.append(items.into()).await?)
    }

    /// The lone events of a sequence, each checked.
    pub fn standalone_events<E: Standalone>(&self, id: Uuid) -> SequenceQuery<StandaloneEvent<E>> {
        SequenceQuery::new(self, id, |store, item| {
            let text = store.mapper.canonical_text(&item)?;
            StandaloneEvent::decode(stored(&item, &text), &text, &store.salt)
        })
    }

    /// The events of a sequence, of a model of one's own. [`SequenceQuery::fold`] makes a state of them.
    pub fn custom_events<E: CustomEvent>(&self, id: Uuid) -> SequenceQuery<E> {
        SequenceQuery::new(self, id, |store, item| store.mapper.custom_event(&item))
    }

    /// The events of an aggregate.
    ///
    /// ```
    /// # async fn example(store: es_core::event_store::EventStore, id: uuid::Uuid) -> es_core::error::Result<()> {
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
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Each event is decoded and its hash checked; what it follows is checked where an aggregate is loaded, or by
    /// [`verify`](Self::verify).
    pub fn events<A: Aggregate>(&self, id: Uuid) -> SequenceQuery<DomainEvent<A>> {
        SequenceQuery::new(self, id, |store, item| store.decode(&item))
    }

    /// The stored rows of a sequence, as they are.
    pub fn items(&self, id: Uuid) -> SequenceQuery<SequencedItem> {
        SequenceQuery::new(self, id, |_, item| Ok(item))
    }

    /// The event at a position, if there is one.
    pub async fn event<A: Aggregate>(
        &self,
        id: Uuid,
        at: impl Into<Position>,
    ) -> Result<Option<DomainEvent<A>>> {
        let at = at.into();
        self.events(id).gte(at).lte(at).first().await
    }

    /// The last event of a sequence, if there is one.
    pub async fn most_recent_event<A: Aggregate>(
        &self,
        id: Uuid,
    ) -> Result<Option<DomainEvent<A>>> {
        self.events(id).descending().first().await
    }

    /// All records of the application sequence after `after`, ascending; from the first for `RecordId::new(0)`.
    #[must_use]
    pub fn all_records(&self, after: RecordId, page_size: NonZeroUsize) -> RecordStream {
        RecordStream::new(Arc::clone(&self.records), after, page_size)
    }

    /// The items of all sequences in the order of their times, later than `after`; from the first for `None`. Of a store
    /// whose positions are times.
    ///
    /// This is no application sequence: clocks differ, and an item that is stored later may have an earlier time. To miss
    /// nothing, follow [`all_records`](Self::all_records).
    #[must_use]
    pub fn items_by_time(&self, after: Option<Timestamp>) -> TimeStream {
        TimeStream::new(Arc::clone(&self.records), after.map(TimePlace::after))
    }

    /// The ids of all sequences, each once, in an order that is the store's own.
    #[must_use]
    pub fn sequence_ids(&self) -> SequenceIdStream {
        SequenceIdStream::new(Arc::clone(&self.records))
    }

    /// Checks every hash of a sequence, and what each event follows, without knowing its types.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::error::Error::Integrity) names the first row that is damaged.
    pub async fn verify(&self, id: Uuid) -> Result<Verification> {
        let mut walk = Verifier::new(self.salt.clone());
        let mut items = self.items(id).stream();
        while let Some(item) = items.next().await {
            let item = item?;
            let text = self.mapper.canonical_text(&item)?;
            walk.apply(stored(&item, &text))?;
        }
        Ok(walk.finish())
    }

    /// The aggregate whose stored rows somebody else has read, all of them and in order: in a transaction, say, that has
    /// written some.
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

    /// The store underneath.
    #[must_use]
    pub fn record_manager(&self) -> &Arc<dyn RecordManager> {
        &self.records
    }

    /// The mapper.
    #[must_use]
    pub fn mapper(&self) -> &Mapper {
        &self.mapper
    }

    /// What the events are sealed with.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    fn decode<A: Aggregate>(&self, item: &SequencedItem) -> Result<DomainEvent<A>> {
        let text = self.mapper.canonical_text(item)?;
        DomainEvent::decode(stored(item, &text), &text, &self.salt)
    }
}

/// A stored row as the domain sees it.
pub(crate) fn stored<'a>(item: &'a SequencedItem, text: &'a str) -> Stored<'a> {
    Stored {
        sequence_id: item.sequence_id,
        position: item.position,
        topic: &item.topic,
        text,
    }
}
