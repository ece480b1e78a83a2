use uuid::Uuid;

use super::event_store::{EventStore, stored};
use super::{Position, SequenceQuery, SequencedItem, UntypedQuery};
use crate::domain::{
    Aggregate, AnyAggregate, AnyReplay, Registered, Replay, Stored, UntypedReplay,
};
use crate::error::{Error, Result};
use crate::topic::Topic;

/// Loads aggregates: by id, as they are or as they were.
#[derive(Clone)]
pub struct Repository {
    store: EventStore,
}

impl Repository {
    /// Over an event store.
    #[must_use]
    pub fn new(store: EventStore) -> Self {
        Self { store }
    }

    /// The aggregate as it is: all its events replayed, every hash checked.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is none or it is discarded, [`Error::WrongType`] where the id is another
    /// aggregate's, [`Error::Integrity`] where the sequence is damaged or the salt or key is wrong,
    /// [`Error::UnknownTopic`] and [`Error::Undecodable`] where this program does not know what is stored.
    pub async fn get<A: Aggregate>(&self, id: Uuid) -> Result<A> {
        self.replay(
            Replay::new(id, self.store.salt().clone()),
            self.store.items(id),
        )
        .await?
        .finish()
    }

    /// The aggregate as it was at a version; past the end, as it is.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also [`Error::NotFound`] where it was not yet created, or discarded, at that version.
    pub async fn get_at<A: Aggregate>(&self, id: Uuid, at: impl Into<Position>) -> Result<A> {
        let items = self.store.items(id).lte(at);
        self.replay(Replay::new(id, self.store.salt().clone()), items)
            .await?
            .finish()
    }

    /// Whether [`get`](Self::get) would find an `A` under the id.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), but for [`Error::NotFound`] and [`Error::WrongType`].
    pub async fn contains<A: Aggregate>(&self, id: Uuid) -> Result<bool> {
        match self.get::<A>(id).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. } | Error::WrongType { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The aggregate under an id, of whatever type its stored topic says.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also [`Error::UnknownTopic`] where no type of this program has the topic, and
    /// [`Error::AmbiguousTopic`] where two have.
    pub async fn get_any(&self, id: Uuid) -> Result<AnyAggregate> {
        let not_found = || Error::NotFound {
            aggregate: Topic::new("aggregate"),
            id,
        };
        let first = self.store.items(id).first().await?.ok_or_else(not_found)?;
        let text = self.store.mapper().canonical_text(&first)?;
        let registered = stored(&first, &text).registered()?;
        self.replay(
            registered.replay(id, self.store.salt().clone()),
            self.store.items(id),
        )
        .await?
        .finish()
    }

    /// The entity under an id, of whatever type, declared or not: await the query, or say first at what version, and what
    /// its events change.
    ///
    /// ```
    /// # async fn example(repository: es_core::Repository, id: uuid::Uuid) -> es_core::Result<()> {
    /// let world = repository.get_untyped(id).await?;
    /// println!("{} is a {}: {:?}", world.id(), world.topic(), world.attributes());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is none, [`Error::Integrity`] where the sequence is damaged or the salt or key is
    /// wrong. A discarded entity is found.
    pub fn get_untyped(&self, id: Uuid) -> UntypedQuery {
        UntypedQuery::new(self, id)
    }

    /// The event store underneath.
    #[must_use]
    pub fn event_store(&self) -> &EventStore {
        &self.store
    }

    pub(super) async fn replay<R: Fold>(
        &self,
        mut replay: R,
        items: SequenceQuery<SequencedItem>,
    ) -> Result<R> {
        let mut items = items.stream();
        while let Some(item) = items.next().await {
            let item = item?;
            let text = self.store.mapper().canonical_text(&item)?;
            replay.apply(stored(&item, &text))?;
        }
        Ok(replay)
    }
}

/// A replay, with its type known, erased or undeclared.
pub(super) trait Fold {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()>;
}

impl<A: Aggregate> Fold for Replay<A> {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        Self::apply(self, stored)
    }
}

impl Fold for UntypedReplay {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        Self::apply(self, stored)
    }
}

impl Fold for Box<dyn AnyReplay> {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        (**self).apply(stored)
    }
}

impl Stored<'_> {
    /// The type of the aggregate that this first event creates.
    fn registered(self) -> Result<&'static Registered> {
        let topic = self.originator_topic();
        let topic = topic
            .as_deref()
            .ok_or_else(|| self.damaged(crate::error::Damage::NotCreated))?;
        Registered::find(topic)?.ok_or_else(|| Error::UnknownTopic {
            topic: Topic::stored(topic),
            sequence_id: self.sequence_id,
            position: self.position,
        })
    }
}
