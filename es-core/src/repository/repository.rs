use std::ops::Bound;

use es_store::{Position, PositionKind, SequencedItem, Topic};
use uuid::Uuid;

use super::untyped_query::UntypedQuery;
use crate::domain::aggregate::{Aggregate, AnyAggregate, Registered};
use crate::domain::event::Stored;
use crate::domain::replay::{Replay, Replaying};
use crate::domain::snapshot::{Snapshot, Snapshotted};
use crate::error::{Error, Result};
use crate::event_store::{EventStore, SequenceQuery, UpTo, stored};
use crate::repository::snapshots::{SnapshotStrategy, strategy as snapshotting};

/// Loads aggregates: by id, as they are or as they were.
#[derive(Clone)]
pub struct Repository {
    store: EventStore,
    snapshots: Option<SnapshotStrategy>,
}

impl Repository {
    /// Over an event store.
    #[must_use]
    pub fn new(store: EventStore) -> Self {
        Self {
            store,
            snapshots: None,
        }
    }

    /// Begins at snapshots, where there are any of an aggregate's type.
    #[must_use]
    pub fn with_snapshots(mut self, snapshots: SnapshotStrategy) -> Self {
        self.snapshots = Some(snapshots);
        self
    }

    /// The aggregate as it is: all its events replayed, every hash checked.
    ///
    /// Where it has snapshots, the latest is taken up, and the events from its version on are replayed: its head must be
    /// the hash of the event that is stored there. The events before it are not looked at; [`EventStore::verify`] does.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there is none or it is discarded, [`Error::WrongType`] where the id is another
    /// aggregate's, [`Error::Integrity`] where the sequence is damaged or the salt or key is wrong,
    /// [`Error::UnknownTopic`] and [`Error::Undecodable`] where this program does not know what is stored.
    pub async fn get<A: Aggregate>(&self, id: Uuid) -> Result<A> {
        self.replayed(id, UpTo::from(..)).await
    }

    /// The aggregate as it was at a version; past the end, as it is.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); also [`Error::NotFound`] where it was not yet created, or discarded, at that version.
    pub async fn get_at<A: Aggregate>(&self, id: Uuid, at: impl Into<Position>) -> Result<A> {
        self.replayed(id, UpTo::from(..=at)).await
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
            aggregate: None,
            id,
        };
        let first = self.store.items(id).first().await?.ok_or_else(not_found)?;
        let text = self.store.mapper().canonical_text(&first)?;
        let registered = stored(&first, &text).registered()?;
        let mut replay = registered.replay(id, self.store.salt().clone());
        self.load(id, &mut *replay, UpTo::from(..)).await?;
        replay.finish()
    }

    /// Takes a snapshot of an aggregate at its last event in a range of versions, and stores it; answers with it, and with
    /// none where there is no event in the range. Where there is a snapshot at this version already, nothing is stored.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where no snapshots are kept, and those of [`get`](Self::get) and of the store.
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        let snapshots = self.snapshots()?;
        snapshots.take::<A>(&self.store, id, up_to.into()).await
    }

    /// The latest snapshot of an aggregate in a range of versions, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where no snapshots are kept, and those of [`SnapshotStrategy::get`].
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.snapshots()?.get(id, up_to).await
    }

    /// What snapshots are taken and found by, where they are kept.
    #[must_use]
    pub fn snapshot_strategy(&self) -> Option<&SnapshotStrategy> {
        self.snapshots.as_ref()
    }

    fn snapshots(&self) -> Result<&SnapshotStrategy> {
        self.snapshots
            .as_ref()
            .ok_or_else(|| Error::InvalidSetting {
                setting: "snapshots",
                reason: "none are kept: call `snapshots()` or `snapshot_every(…)` on the builder of the application"
                    .to_owned(),
            })
    }

    /// The entity under an id, of whatever type, declared or not: await the query, or say first at what version, and what
    /// its events change.
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

    async fn replayed<A: Aggregate>(&self, id: Uuid, up_to: UpTo) -> Result<A> {
        let mut replay = Replay::new(id, self.store.salt().clone());
        self.load(id, &mut replay, up_to).await?;
        replay.finish()
    }

    async fn load(
        &self,
        id: Uuid,
        replay: &mut (impl Replaying + ?Sized),
        up_to: UpTo,
    ) -> Result<()> {
        let items = self.store.items(id).up_to(up_to);
        let start = match &self.snapshots {
            Some(snapshots) if replay.has_snapshots() && self.is_by_version(up_to) => {
                snapshots.resume(replay, id, up_to).await?
            }
            _ => None,
        };
        let items = match &start {
            Some(snapshot) => items.gte(snapshotting::position(snapshot)),
            None => items,
        };
        fold(&self.store, replay, items).await
    }

    /// Snapshots stand at versions; among events that stand at times they are of no use.
    fn is_by_version(&self, up_to: UpTo) -> bool {
        let held = self.store.mapper().positions();
        let by_version = held.is_none_or(|kind| kind == PositionKind::Integer);
        let until_version = match up_to.0 {
            Bound::Included(position) | Bound::Excluded(position) => {
                matches!(position, Position::Integer(_))
            }
            Bound::Unbounded => true,
        };
        by_version && until_version
    }
}

/// Applies stored rows to a replay, in their order.
pub(crate) async fn fold(
    store: &EventStore,
    replay: &mut (impl Replaying + ?Sized),
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
