use std::collections::HashMap;

use async_trait::async_trait;
use es_store::RecordError;
use uuid::Uuid;

use crate::array::Reference;

/// Where a store notes which positions its items have in the application sequence, so that an item without one is found by
/// a look at its sequence. What stands here is true; the array is what decides, and may know more.
///
/// Processes write at the same time, and what they send may come late: of what is written of an item the highest position
/// counts, whatever comes last.
#[async_trait]
pub trait PositionIndex: Send + Sync + 'static {
    /// Notes the positions of items. Noting one again changes nothing, nor does noting one below what is noted.
    async fn note(&self, places: &[(Reference, u64)]) -> Result<(), RecordError>;

    /// The position of an item, if it is noted.
    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError>;

    /// The highest version that is noted of each of these sequences, of those of which one is. They follow each other in the
    /// order of the store's [`sequence_ids`](es_store::RecordManager::sequence_ids), so that all from the first to
    /// the last may be read as one.
    async fn lasts(&self, sequence_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, RecordError>;

    /// Removes what is noted of an item, if that is this position or one below: the item may stand higher anew.
    async fn forget(&self, item: Reference, at: u64) -> Result<(), RecordError>;

    /// The position below which all references are noted here, and nothing is free; 0 unless told.
    async fn floor(&self) -> Result<u64, RecordError>;

    /// Raises the position below which all references are noted; never lowers it.
    async fn set_floor(&self, floor: u64) -> Result<(), RecordError>;

    /// Makes what it needs where that is absent.
    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// Forgets everything.
    async fn truncate(&self) -> Result<(), RecordError>;

    /// Drops what `setup` made. Where there is nothing, that is no error.
    async fn drop_table(&self) -> Result<(), RecordError>;
}
