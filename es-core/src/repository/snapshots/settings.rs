//! What the builder of an application says of snapshots.

use std::num::NonZeroU64;
use std::sync::Arc;

use es_store::{Datastore, RecordManager, Table};

use super::policy::SnapshottingPolicy;
use super::strategy::SnapshotStrategy;
use crate::error::{Error, Result};
use crate::event_store::EventStore;

/// Whether snapshots are kept, where, and when they are taken.
#[derive(Default)]
pub(crate) struct Snapshots {
    pub(crate) kept: bool,
    pub(crate) every: Option<u64>,
    pub(crate) store: Option<Arc<dyn RecordManager>>,
    pub(crate) reads_clear: bool,
}

impl Snapshots {
    pub(crate) fn policy(&self) -> Result<Option<SnapshottingPolicy>> {
        let Some(every) = self.every else {
            return Ok(None);
        };
        let every = NonZeroU64::new(every)
            .ok_or_else(|| invalid("a snapshot is taken every so many events, at least 1"))?;
        Ok(Some(SnapshottingPolicy::every(every)))
    }

    /// Opens the table of snapshots beside that of the events, if they are kept.
    pub(crate) async fn open(
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
