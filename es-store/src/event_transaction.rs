//! A transaction that holds events beside other writes.

use uuid::Uuid;

use crate::appended::Appended;
use crate::error::RecordError;
use crate::sequenced_item::SequencedItem;
use crate::table::Table;

/// A transaction of a database that keeps events: that of a projection, in which handlers save the events of a policy.
///
/// The application uses it through its methods `save_in` and `get_in`.
pub trait EventTransaction: Send {
    /// Appends items, all or none. After an error the transaction holds none of them and can go on, unless the server has
    /// rolled it back.
    ///
    /// # Errors
    ///
    /// [`RecordError::Conflict`] if a position is taken; those of the store.
    fn append(
        &mut self,
        table: &Table,
        items: &[SequencedItem],
    ) -> impl Future<Output = Result<Appended, RecordError>> + Send;

    /// Returns all items of a sequence as this transaction sees them, in the order of their positions.
    ///
    /// # Errors
    ///
    /// Those of the store.
    fn items(
        &mut self,
        table: &Table,
        sequence_id: Uuid,
    ) -> impl Future<Output = Result<Vec<SequencedItem>, RecordError>> + Send;

    /// Calls `call` after the commit; never if the transaction is rolled back.
    fn after_commit(&mut self, call: Box<dyn FnOnce() + Send + Sync>);
}
