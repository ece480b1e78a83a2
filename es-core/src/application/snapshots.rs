//! What the builder of an application says of snapshots.

use std::num::NonZeroU64;
use std::sync::Arc;

use super::SnapshottingPolicy;
use crate::error::{Error, Result};
use crate::infrastructure::{Datastore, EventStore, RecordManager, SnapshotStrategy, Table};

/// Whether snapshots are kept, where, and when they are taken.
#[derive(Default)]
pub(super) struct Snapshots {
    pub(super) kept: bool,
    pub(super) every: Option<u64>,
    pub(super) store: Option<Arc<dyn RecordManager>>,
    pub(super) reads_clear: bool,
}

impl Snapshots {
    pub(super) fn policy(&self) -> Result<Option<SnapshottingPolicy>> {
        let Some(every) = self.every else {
            return Ok(None);
        };
        let every = NonZeroU64::new(every)
            .ok_or_else(|| invalid("a snapshot is taken every so many events, at least 1"))?;
        Ok(Some(SnapshottingPolicy::every(every)))
    }

    /// Opens the table of snapshots beside that of the events, if they are kept.
    pub(super) async fn open(
        self,
        events: &EventStore,
        datastore: Option<&Arc<dyn Datastore>>,
    ) -> Result<Option<SnapshotStrategy>> {
        if !self.kept {
            return Ok(None);
        }
        let records = match (self.store, datastore) {
            (Some(store), _) => store,
            (None, Some(datastore)) => datastore.record_manager(Table::snapshots()).await?,
            (None, None) => {
                return Err(invalid(
                    "a store made by hand has no place for snapshots: give it with `snapshot_store`",
                ));
            }
        };
        records.setup().await?;
        let mapper = events.mapper().clone().encrypting_all();
        let mapper = if self.reads_clear {
            mapper.reading_clear()
        } else {
            mapper
        };
        Ok(Some(SnapshotStrategy::with_mapper(records, mapper, events)))
    }
}

fn invalid(reason: &str) -> Error {
    Error::InvalidSetting {
        setting: "snapshots",
        reason: reason.to_owned(),
    }
}
