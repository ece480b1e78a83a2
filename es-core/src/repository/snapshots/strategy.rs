use std::sync::Arc;

use es_store::{Position, RecordError, RecordManager, SequencedItem, Text};
use uuid::Uuid;

use crate::domain::aggregate::Aggregate;
use crate::domain::event::Version;
use crate::domain::replay::{Replay, Replaying};
use crate::domain::snapshot::Snapshot;
use crate::error::{Damage, EncryptionMismatch, Error, IntegrityError, Result};
use crate::event_store::{EventStore, Mapper, UpTo, stored};
use crate::repository::fold;

/// Takes snapshots of aggregates, and finds them: a table of snapshots beside the events.
///
/// Snapshots are a cache. One that this program cannot use is traced and passed over, and the aggregate is replayed from
/// its events; one that contradicts the events is an [`Error::Integrity`].
#[derive(Clone)]
pub struct SnapshotStrategy {
    snapshots: EventStore,
}

impl SnapshotStrategy {
    /// Keeps snapshots in `records`, mapped as the events of `events` are. Where there is a cipher, all are encrypted.
    #[must_use]
    pub fn new(records: Arc<dyn RecordManager>, events: &EventStore) -> Self {
        let mapper = events.mapper().clone().encrypt_all();
        Self::with_mapper(records, mapper, events)
    }

    /// Keeps snapshots with a mapper of their own, such as one that accepts those in clear.
    #[must_use]
    pub fn with_mapper(
        records: Arc<dyn RecordManager>,
        mapper: Mapper,
        events: &EventStore,
    ) -> Self {
        let snapshots = EventStore::new(records, mapper, events.salt().clone());
        Self { snapshots }
    }

    /// The latest snapshot of a sequence in a range of versions, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] where it is damaged, or is in clear where there is a cipher; [`Error::Undecodable`] and
    /// [`Error::UnknownTopic`] where it is none of this format.
    pub async fn get(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        let items = self.snapshots.items(id).up_to(up_to.into());
        let latest = items.descending().first().await?;
        latest.map(|item| self.read(&item)).transpose()
    }

    /// The table of snapshots.
    #[must_use]
    pub fn record_manager(&self) -> &Arc<dyn RecordManager> {
        self.snapshots.record_manager()
    }

    /// Takes a snapshot of an aggregate at its last event in a range of versions. Where there is one at this version
    /// already, it is given back.
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
        if let Some(there) = start.as_ref().filter(|start| position(start) == last) {
            return Ok(Some(there.clone()));
        }
        let items = events.items(id).up_to(UpTo::from(..=last));
        let items = match &start {
            Some(start) => items.gte(position(start)),
            None => items,
        };
        fold(events, &mut replay, items).await?;
        let snapshot = replay.snapshot()?;
        if let Some(snapshot) = &snapshot {
            self.store::<A>(snapshot).await?;
        }
        Ok(snapshot)
    }

    /// Has a replay begin at the latest snapshot in a range that this program understands; says which it is.
    pub(crate) async fn resume(
        &self,
        replay: &mut (impl Replaying + ?Sized),
        id: Uuid,
        up_to: UpTo,
    ) -> Result<Option<Snapshot>> {
        match self.get(id, up_to).await {
            Ok(Some(snapshot)) => Ok(replay.resume(&snapshot)?.then_some(snapshot)),
            Ok(None) => Ok(None),
            Err(error) if is_of_no_use(&error) => {
                tracing::warn!(%id, %error, "a snapshot that this program cannot use is ignored");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Stores a snapshot. Where there is one at its version, another process just took it, and it stays; but one of no use
    /// to this program gives way.
    async fn store<A: Aggregate>(&self, snapshot: &Snapshot) -> Result<()> {
        let (id, position) = (snapshot.originator_id(), position(snapshot));
        let text: Text = snapshot.text().into();
        let item = SequencedItem {
            sequence_id: id,
            position,
            topic: Snapshot::TOPIC,
            data: self.snapshots.mapper().to_stored(&Snapshot::TOPIC, &text)?,
        };
        let records = self.snapshots.record_manager();
        match records.append(vec![item.clone()].into()).await {
            Err(RecordError::Conflict { .. }) if self.is_there::<A>(id, position).await? => Ok(()),
            Err(RecordError::Conflict { .. }) => {
                records.delete_record(id, position).await?;
                Ok(records.append(vec![item].into()).await.map(drop)?)
            }
            stored => Ok(stored.map(drop)?),
        }
    }

    async fn is_there<A: Aggregate>(&self, id: Uuid, at: Position) -> Result<bool> {
        let mut replay = Replay::<A>::new(id, self.snapshots.salt().clone());
        let found = self.resume(&mut replay, id, UpTo::from(..=at)).await?;
        Ok(found.is_some_and(|found| position(&found) == at))
    }

    fn read(&self, item: &SequencedItem) -> Result<Snapshot> {
        let text = self.snapshots.mapper().canonical_text(item)?;
        Snapshot::read(stored(item, &text))
    }
}

pub(crate) fn position(snapshot: &Snapshot) -> Position {
    let version: Version = snapshot.originator_version();
    version.into()
}

/// Whether a snapshot is one of another program or setting, and not damaged. One in clear may be, where there is a
/// cipher; as it is not used, it does no harm.
fn is_of_no_use(error: &Error) -> bool {
    match error {
        Error::Undecodable { .. } | Error::UnknownTopic { .. } => true,
        Error::Integrity(IntegrityError { damage, .. }) => matches!(
            damage,
            Damage::Encryption(EncryptionMismatch::PlainText | EncryptionMismatch::NoKey)
        ),
        _ => false,
    }
}
