//! The administration of a table: the part of the store contract that applications rarely call.

use async_trait::async_trait;
use uuid::Uuid;

use crate::error::RecordError;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;

/// Sets up, empties, repairs and closes one table of a store.
///
/// Every method has a default, so a store implements only what it has.
#[async_trait]
pub trait TableAdministration: Send + Sync + 'static {
    /// Returns the table, for a store that has tables.
    fn table(&self) -> Option<&Table> {
        None
    }

    /// Creates the table if it is absent; else checks that its shape fits, and leaves it alone.
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
    /// The removal leaves a hole in the sequence and in the record ids. Most stores give the id of the last record again, and
    /// a follower that has seen that record misses the new one: remove a last record only if nothing follows the table. An
    /// application sequence over a big array (`es-structures`) gives no id again.
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

    /// Replaces the item that is stored at the position of `item`, and keeps its record id; returns whether there was one.
    /// Nothing is stored if there was none.
    ///
    /// The replacement is one step: readers find the old item or the new one. It may be retried after any error.
    /// Stored events are never replaced: this is for the references of an application sequence, which tombstones replace.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if the store cannot.
    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        let _ = item;
        Err(RecordError::unsupported("replace_record"))
    }

    /// Wakes the followers in this process: records were committed that did not come by
    /// [`append`](crate::RecordManager::append), as those of a transaction of the caller's own.
    fn notify_followers(&self) {}

    /// Completes the accepted appends, answers their callers, and releases connections and files. Later calls are
    /// [`RecordError::Closed`]. A second call does nothing.
    ///
    /// # Errors
    ///
    /// Those of the store.
    async fn close(&self) -> Result<(), RecordError> {
        Ok(())
    }
}
