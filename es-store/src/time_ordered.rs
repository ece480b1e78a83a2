//! Reads in the order of time, for tables with times as positions.

use async_trait::async_trait;

use crate::error::RecordError;
use crate::sequenced_item::SequencedItem;
use crate::time_cursor::TimeCursor;

/// Reads the items of all sequences in the order of their times.
#[async_trait]
pub trait TimeOrdered: Send + Sync {
    /// Returns at most `limit` items of all sequences after a cursor, sorted by time and then by
    /// the bytes of the sequence id. `None` starts at the first item.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the positions of the table are not times.
    async fn items_by_time(
        &self,
        after: Option<TimeCursor>,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError>;
}
