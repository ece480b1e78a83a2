//! Transactions that contain events besides other writes.

use uuid::Uuid;

use crate::appended::Appended;
use crate::error::RecordError;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;

/// A transaction of a database that stores events, such as the transaction of a projection with
/// handlers that save events.
///
/// An application calls it through its methods `save_in` and `get_in`.
pub trait EventTransaction: Send {
    /// Appends all items or none. After an error the transaction contains none of them and can
    /// continue, unless the server has rolled it back.
    ///
    /// # Errors
    ///
    /// [`RecordError::Conflict`] if a position is taken, and the errors of the store.
    fn append(
        &mut self,
        table: &Table,
        items: &[SequencedItem],
    ) -> impl Future<Output = Result<Appended, RecordError>> + Send;

    /// Returns all items of a sequence, sorted by position, as this transaction sees them.
    ///
    /// # Errors
    ///
    /// The errors of the store.
    fn items(
        &mut self,
        table: &Table,
        sequence_id: Uuid,
    ) -> impl Future<Output = Result<Vec<SequencedItem>, RecordError>> + Send;

    /// Calls `call` after the commit, and never if the transaction is rolled back.
    fn after_commit(&mut self, call: Box<dyn FnOnce() + Send + Sync>);
}
