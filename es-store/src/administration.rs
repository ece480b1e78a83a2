//! The administration of a table: the part of the store contract that applications rarely call.

use async_trait::async_trait;
use uuid::Uuid;

use crate::error::RecordError;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;

/// Sets up, empties, repairs and closes one table of a store.
///
/// Every method has a default, so a store implements only the operations that it has.
#[async_trait]
pub trait TableAdministration: Send + Sync + 'static {
    /// Returns the table, for a store that has tables.
    fn table(&self) -> Option<&Table> {
        None
    }

    /// Creates the table if it is absent. If it exists, checks its shape and leaves it unchanged.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] if the table has another shape.
    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    /// Drops the table with all items.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the store cannot.
    async fn drop_table(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("drop_table"))
    }

    /// Removes all items. Record ids start at 1 again, so followers and their read models must start again as well.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the store cannot.
    async fn truncate(&self) -> Result<(), RecordError> {
        Err(RecordError::unsupported("truncate"))
    }

    /// Removes one item; returns whether it was there.
    ///
    /// The removal leaves a gap in the sequence and in the record ids. Most stores reuse the id of
    /// the last record, and a follower that has read that record then misses the new one: delete a
    /// last record only if nothing follows the table. An application sequence over a big array
    /// (`es-structures`) never reuses an id.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the store cannot.
    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        let _ = (sequence_id, position);
        Err(RecordError::unsupported("delete_record"))
    }

    /// Replaces the item at the position of `item` and keeps its record id; returns `false` and
    /// stores nothing if the position is free.
    ///
    /// The replacement is atomic: readers find the old item or the new one. It may be retried after
    /// any error. Stored events are never replaced. The operation exists for the references of an
    /// application sequence, which tombstones replace.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the store cannot.
    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        let _ = item;
        Err(RecordError::unsupported("replace_record"))
    }

    /// Wakes the followers in this process. Call it after records were committed without
    /// [`append`](crate::RecordManager::append), for example in a transaction of the application.
    fn notify_followers(&self) {}

    /// Completes the accepted appends, answers their callers, and releases connections and files.
    /// Later calls fail with [`RecordError::Closed`]; closing twice is not an error.
    ///
    /// # Errors
    ///
    /// The errors of the store.
    async fn close(&self) -> Result<(), RecordError> {
        Ok(())
    }
}
