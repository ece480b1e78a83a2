//! The index of array positions: the contract of its stores.

use std::collections::HashMap;

use async_trait::async_trait;
use es_store::RecordError;
use uuid::Uuid;

use crate::array::Reference;

/// An index from items to their positions in the array of an application sequence.
///
/// A position is an index into the array, from 0 on: the record id of the item minus 1.
///
/// The array is authoritative; the index saves reading all of it. No entry is wrong; entries may be missing from the
/// [`floor`](Self::floor) on.
///
/// # Contract
///
/// Several processes write at the same time, and their writes may arrive late. Of the entries written for one item, the one
/// with the highest position counts, whichever arrives last.
#[async_trait]
pub trait PositionIndex: Send + Sync + 'static {
    /// Adds the positions of items. An entry that exists with the same or a higher position stays as it is.
    async fn insert(&self, positions: &[(Reference, u64)]) -> Result<(), RecordError>;

    /// Returns the position of an item, if the index has it.
    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError>;

    /// Returns the highest version that the index has of each of these sequences; sequences without an entry are left out.
    ///
    /// The ids are consecutive in the order of the store's [`sequence_ids`](es_store::RecordManager::sequence_ids), so an
    /// implementation may read the range from the first to the last.
    async fn last_versions(&self, sequence_ids: &[Uuid])
    -> Result<HashMap<Uuid, i64>, RecordError>;

    /// Removes the entry of an item, unless its position is above `position`: the item was then stored again.
    async fn remove(&self, item: Reference, position: u64) -> Result<(), RecordError>;

    /// Returns the position below which the index has every reference and no position is free. Initially 0.
    async fn floor(&self) -> Result<u64, RecordError>;

    /// Raises the floor; a lower value changes nothing.
    async fn raise_floor(&self, floor: u64) -> Result<(), RecordError>;

    /// Creates the table of the index if it is absent.
    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// Removes all entries and resets the floor to 0.
    async fn truncate(&self) -> Result<(), RecordError>;

    /// Drops the table of the index, if there is one.
    async fn drop_table(&self) -> Result<(), RecordError>;
}
