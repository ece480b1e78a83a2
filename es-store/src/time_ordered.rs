//! Reads in the order of time, for tables whose positions are times.

use async_trait::async_trait;

use crate::error::RecordError;
use crate::sequenced_item::SequencedItem;
use crate::time_place::TimePlace;

/// Reads the items of all sequences in the order of their times.
#[async_trait]
pub trait TimeOrdered: Send + Sync {
    /// Returns items of all sequences after a place, ordered by time and then by the bytes of the sequence id, at most
    /// `limit`; from the first item if `after` is `None`.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the positions of the table are not times.
    async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError>;
}
