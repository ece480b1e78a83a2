//! The repository.

use std::ops::Bound;

use es_store::{Position, PositionKind, SequencedItem, Topic};
use uuid::Uuid;

use super::untyped_query::UntypedQuery;
use crate::domain::{
    Aggregate, AnyAggregate, Registered, Replay, ReplayTarget, Snapshot, Snapshotted, Stored,
};
use crate::error::{Error, Result};
use crate::event_store::{EventStore, SequenceQuery, UpTo, stored};
use crate::repository::snapshots::{SnapshotStrategy, snapshot_position};

/// Loads aggregates by id, in their current state or at an earlier version. Cloning is cheap.
#[derive(Clone)]
pub struct Repository {
    store: EventStore,
    snapshots: Option<SnapshotStrategy>,
}

impl Repository {
    /// Creates a repository of an event store, without snapshots.
    #[must_use]
    pub fn new(store: EventStore) -> Self {
        Self {
            store,
            snapshots: None,
        }
    }

    /// Loads aggregates from their snapshots, if their type has snapshots.
    #[must_use]
    pub fn with_snapshots(mut self, snapshots: SnapshotStrategy) -> Self {
        self.snapshots = Some(snapshots);
        self
    }

    /// Loads an aggregate: replays all its events and verifies every hash.
    ///
    /// If there are snapshots, replay starts at the latest one. The head of the snapshot must be the
    /// hash of the event that is stored at its version. Earlier events are not read;
    /// [`EventStore::verify`] verifies them.
    ///
    /// # Errors
    ///
    /// * [`Error::NotFound`] if the aggregate does not exist or is discarded;
    /// * [`Error::WrongType`] if the id belongs to an aggregate of another type;
    /// * [`Error::Integrity`] if the sequence is damaged, or the salt or the key is wrong;
    /// * [`Error::UnknownTopic`], [`Error::Undecodable`] or [`Error::NewerEvent`] if this program
    ///   cannot read a stored event.
    pub async fn get<A: Aggregate>(&self, id: Uuid) -> Result<A> {
        self.replay(id, UpTo::from(..)).await
    }

    /// Loads an aggregate in its state at a version. A version after the last one gives the current
    /// state.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get). [`Error::NotFound`] also if the aggregate was not created yet, or was
    /// discarded, at that version.
    pub async fn get_at<A: Aggregate>(&self, id: Uuid, at: impl Into<Position>) -> Result<A> {
        self.replay(id, UpTo::from(..=at)).await
    }

    /// Returns whether [`get`](Self::get) finds an `A` with the id.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), except [`Error::NotFound`] and [`Error::WrongType`].
    pub async fn contains<A: Aggregate>(&self, id: Uuid) -> Result<bool> {
        match self.get::<A>(id).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. } | Error::WrongType { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Loads an aggregate of the type that its stored topic names.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get). [`Error::UnknownTopic`] also if no type of this program has the topic;
    /// [`Error::AmbiguousTopic`] if several types have it.
    pub async fn get_any(&self, id: Uuid) -> Result<AnyAggregate> {
        let not_found = || Error::NotFound {
            aggregate: None,
            id,
        };
        let first = self.store.items(id).first().await?.ok_or_else(not_found)?;
        let text = self.store.mapper().canonical_text(&first)?;
        let registered = stored(&first, &text).registered()?;
        let mut replay = registered.replay(id, self.store.salt().clone());
        self.replay_into(id, &mut *replay, UpTo::from(..)).await?;
        replay.finish()
    }

    /// Takes a snapshot of an aggregate at its last event in a range of versions, stores it and
    /// returns it. Returns `None` if there is no event in the range.
    ///
    /// A snapshot that is already stored at this version is returned unchanged.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if snapshots are not enabled; those of [`get`](Self::get) and of the
    /// store.
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        let snapshots = self.snapshots()?;
        snapshots.take::<A>(&self.store, id, up_to.into()).await
    }

    /// Returns the latest snapshot of an aggregate in a range of versions, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if snapshots are not enabled; those of [`SnapshotStrategy::get`].
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.snapshots()?.get(id, up_to).await
    }

    /// Returns the strategy that takes and finds snapshots, if snapshots are enabled.
    #[must_use]
    pub fn snapshot_strategy(&self) -> Option<&SnapshotStrategy> {
        self.snapshots.as_ref()
    }

    fn snapshots(&self) -> Result<&SnapshotStrategy> {
        self.snapshots
            .as_ref()
            .ok_or_else(|| Error::InvalidSetting {
                setting: "snapshots",
                reason: "they are not enabled: call `snapshots()` or `snapshot_every(…)` on the \
                         application's builder"
                    .to_owned(),
            })
    }

    /// Returns a query for an entity of a type that this program need not declare. Await it, or set
    /// a version and a `mutate` function first.
    ///
    /// ```
    /// # async fn example(repository: es_core::repository::Repository, id: uuid::Uuid) -> es_core::error::Result<()> {
    /// let world = repository.get_untyped(id).await?;
    /// println!("{} is a {}: {:?}", world.id(), world.topic(), world.attributes());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such entity; [`Error::Integrity`] if the sequence is damaged,
    /// or the salt or the key is wrong. A discarded entity is found.
    pub fn get_untyped(&self, id: Uuid) -> UntypedQuery {
        UntypedQuery::new(self, id)
    }

    /// Returns the event store.
    #[must_use]
    pub fn event_store(&self) -> &EventStore {
        &self.store
    }

    async fn replay<A: Aggregate>(&self, id: Uuid, up_to: UpTo) -> Result<A> {
        let mut replay = Replay::new(id, self.store.salt().clone());
        self.replay_into(id, &mut replay, up_to).await?;
        replay.finish()
    }

    async fn replay_into(
        &self,
        id: Uuid,
        replay: &mut (impl ReplayTarget + ?Sized),
        up_to: UpTo,
    ) -> Result<()> {
        let items = self.store.items(id).up_to(up_to);
        let start = match &self.snapshots {
            Some(snapshots) if replay.has_snapshots() && self.uses_versions(up_to) => {
                snapshots.resume(replay, id, up_to).await?
            }
            _ => None,
        };
        let items = match &start {
            Some(snapshot) => items.gte(snapshot_position(snapshot)),
            None => items,
        };
        replay_items(&self.store, replay, items).await
    }

    /// Returns whether the positions are versions. A snapshot has a version, so it cannot be placed
    /// among events with times as positions.
    fn uses_versions(&self, up_to: UpTo) -> bool {
        let kind = self.store.mapper().positions();
        let has_versions = kind.is_none_or(|kind| kind == PositionKind::Integer);
        let ends_at_version = match up_to.0 {
            Bound::Included(position) | Bound::Excluded(position) => {
                matches!(position, Position::Integer(_))
            }
            Bound::Unbounded => true,
        };
        has_versions && ends_at_version
    }
}

/// Applies the items of a query to a replay, in order.
pub(crate) async fn replay_items(
    store: &EventStore,
    replay: &mut (impl ReplayTarget + ?Sized),
    items: SequenceQuery<SequencedItem>,
) -> Result<()> {
    let mut items = items.stream();
    while let Some(item) = items.next().await {
        let item = item?;
        let text = store.mapper().canonical_text(&item)?;
        replay.apply(stored(&item, &text))?;
    }
    Ok(())
}

impl Stored<'_> {
    /// Returns the registered type of the aggregate that this event creates.
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
