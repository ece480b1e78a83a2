//! The strategy that takes, stores and finds snapshots.

use std::sync::Arc;

use es_store::{Position, RecordError, RecordManager, SequencedItem};
use uuid::Uuid;

use crate::domain::{Aggregate, Replay, ReplayTarget, Snapshot};
use crate::error::{Damage, EncryptionMismatch, Error, IntegrityError, Result};
use crate::event_store::{EventParts, EventStore, Mapper, UpTo, stored};
use crate::repository::replay_items;

/// Takes, stores and finds snapshots of aggregates, in a table beside the events.
///
/// Snapshots are a cache. A snapshot that this program cannot use is logged and ignored, and the
/// aggregate is replayed from its events. A snapshot that contradicts the events is an
/// [`Error::Integrity`].
#[derive(Clone)]
pub struct SnapshotStrategy {
    snapshots: EventStore,
}

impl SnapshotStrategy {
    /// Creates a strategy that stores snapshots in `records`, with the mapper of `events`. If there
    /// is a cipher, all snapshots are encrypted.
    #[must_use]
    pub fn new(records: Arc<dyn RecordManager>, events: &EventStore) -> Self {
        let mapper = events.mapper().clone().encrypt_all();
        Self::with_mapper(records, mapper, events)
    }

    /// Creates a strategy with a mapper for snapshots, such as one that accepts plain text.
    #[must_use]
    pub fn with_mapper(
        records: Arc<dyn RecordManager>,
        mapper: Mapper,
        events: &EventStore,
    ) -> Self {
        let snapshots = EventStore::new(records, mapper, events.salt().clone());
        Self { snapshots }
    }

    /// Returns the latest snapshot of a sequence in a range of versions, or `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the snapshot is damaged, or is plain text although there is a cipher;
    /// [`Error::Undecodable`] and [`Error::UnknownTopic`] if it is not in the format of snapshots.
    pub async fn get(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        let items = self.snapshots.items(id).up_to(up_to.into());
        let latest = items.descending().first().await?;
        latest.map(|item| self.read(&item)).transpose()
    }

    /// Returns the record manager of the table of snapshots.
    #[must_use]
    pub fn record_manager(&self) -> &Arc<dyn RecordManager> {
        self.snapshots.record_manager()
    }

    /// Takes and stores a snapshot of an aggregate at its last event in a range of versions. If one
    /// is stored at this version already, returns it instead.
    pub(crate) async fn take<A: Aggregate>(
        &self,
        events: &EventStore,
        id: Uuid,
        up_to: UpTo,
    ) -> Result<Option<Snapshot>> {
        let last = events.items(id).up_to(up_to).descending().first().await?;
        let Some(last) = last.map(|last| last.position) else {
            return Ok(None);
        };
        let mut replay = Replay::<A>::new(id, events.salt().clone());
        let start = self.resume(&mut replay, id, UpTo::from(..=last)).await?;
        if let Some(stored) = start.as_ref().filter(|it| snapshot_position(it) == last) {
            return Ok(Some(stored.clone()));
        }
        let items = events.items(id).up_to(UpTo::from(..=last));
        let items = match &start {
            Some(start) => items.gte(snapshot_position(start)),
            None => items,
        };
        replay_items(events, &mut replay, items).await?;
        let snapshot = replay.snapshot()?;
        if let Some(snapshot) = &snapshot {
            self.store::<A>(snapshot).await?;
        }
        Ok(snapshot)
    }

    /// Starts a replay at the latest snapshot in a range that this program can use. Returns the
    /// snapshot.
    pub(crate) async fn resume(
        &self,
        replay: &mut (impl ReplayTarget + ?Sized),
        id: Uuid,
        up_to: UpTo,
    ) -> Result<Option<Snapshot>> {
        match self.get(id, up_to).await {
            Ok(Some(snapshot)) => Ok(replay.resume(&snapshot)?.then_some(snapshot)),
            Ok(None) => Ok(None),
            Err(error) if is_unusable(&error) => {
                tracing::warn!(%id, %error, "ignored a snapshot that this program cannot use");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Stores a snapshot. A usable snapshot at the same version stays, because another process has
    /// just stored it; an unusable one is replaced.
    async fn store<A: Aggregate>(&self, snapshot: &Snapshot) -> Result<()> {
        let (id, position) = (snapshot.originator_id(), snapshot_position(snapshot));
        let item = self.snapshots.mapper().item(EventParts::WithPosition {
            sequence_id: id,
            position,
            topic: Snapshot::TOPIC,
            text: snapshot.text().into(),
        })?;
        let records = self.snapshots.record_manager();
        match records.append(vec![item.clone()].into()).await {
            Err(RecordError::Conflict { .. }) if self.is_usable::<A>(id, position).await? => Ok(()),
            Err(RecordError::Conflict { .. }) => {
                records.delete_record(id, position).await?;
                Ok(records.append(vec![item].into()).await.map(drop)?)
            }
            stored => Ok(stored.map(drop)?),
        }
    }

    async fn is_usable<A: Aggregate>(&self, id: Uuid, at: Position) -> Result<bool> {
        let mut replay = Replay::<A>::new(id, self.snapshots.salt().clone());
        let found = self.resume(&mut replay, id, UpTo::from(..=at)).await?;
        Ok(found.is_some_and(|found| snapshot_position(&found) == at))
    }

    fn read(&self, item: &SequencedItem) -> Result<Snapshot> {
        let text = self.snapshots.mapper().canonical_text(item)?;
        Snapshot::read(stored(item, &text))
    }
}

/// Returns the position of a snapshot, which is its version.
pub(crate) fn snapshot_position(snapshot: &Snapshot) -> Position {
    snapshot.originator_version().into()
}

/// Returns whether an error is one of a snapshot of another program version or with other settings,
/// rather than of a damaged one.
///
/// A plain text may be forged if encryption is expected. Ignoring it does no harm.
fn is_unusable(error: &Error) -> bool {
    match error {
        Error::Undecodable { .. } | Error::UnknownTopic { .. } => true,
        Error::Integrity(IntegrityError { damage, .. }) => matches!(
            damage,
            Damage::Encryption(EncryptionMismatch::PlainText | EncryptionMismatch::NoKey)
        ),
        _ => false,
    }
}
