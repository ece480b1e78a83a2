//! The snapshot settings of an application's builder.

use std::num::NonZeroU64;
use std::sync::Arc;

use es_store::{Datastore, RecordManager, Table};

use super::policy::SnapshottingPolicy;
use super::strategy::SnapshotStrategy;
use crate::error::{Error, Result};
use crate::event_store::EventStore;

/// The snapshot settings of an application's builder.
#[derive(Default)]
pub(crate) struct SnapshotSettings {
    pub(crate) is_enabled: bool,
    pub(crate) every: Option<u64>,
    pub(crate) store: Option<Arc<dyn RecordManager>>,
    pub(crate) accepts_plain_text: bool,
}

impl SnapshotSettings {
    pub(crate) fn policy(&self) -> Result<Option<SnapshottingPolicy>> {
        let Some(every) = self.every else {
            return Ok(None);
        };
        let every = NonZeroU64::new(every)
            .ok_or_else(|| invalid("`snapshot_every(0)` takes no snapshot: pass at least 1"))?;
        Ok(Some(SnapshottingPolicy::every(every)))
    }

    /// Opens the table of snapshots beside the table of events, if snapshots are enabled.
    pub(crate) async fn open(
        self,
        events: &EventStore,
        datastore: Option<&Arc<dyn Datastore>>,
    ) -> Result<Option<SnapshotStrategy>> {
        if !self.is_enabled {
            return Ok(None);
        }
        let records = match (self.store, datastore) {
            (Some(store), _) => store,
            (None, Some(datastore)) => datastore.record_manager(Table::snapshots()).await?,
            (None, None) => {
                return Err(invalid(
                    "the application has a custom store, which has no table of snapshots: pass \
                     one to `snapshot_store`",
                ));
            }
        };
        records.setup().await?;
        let mapper = events.mapper().clone().encrypt_all();
        let mapper = if self.accepts_plain_text {
            mapper.accept_plain_text()
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
