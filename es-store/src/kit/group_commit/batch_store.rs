//! The operations of a store for group commit.

use async_trait::async_trait;
use uuid::Uuid;

use super::BatchOutcomes;
use crate::append::Append;
use crate::error::{BoxError, RecordError};
use crate::position::Position;
use crate::record_id::RecordId;
use crate::sequenced_item::SequencedItem;

/// The operations of a store for [`GroupCommit`](super::GroupCommit), on one table and one
/// connection.
///
/// # Contract
///
/// 1. The writer calls `lock`, and then either `write`, or `find` any number of times and `unlock`.
/// 2. After an error of `lock` or `write` the next call is `lock`.
/// 3. Calls do not overlap.
#[async_trait]
pub trait BatchStore: Send + 'static {
    /// Takes the lock that excludes all other writers of this library in any process. Any earlier
    /// transaction is committed or rolled back when this returns. Reconnects if the connection was
    /// lost.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] if the lock cannot be taken within the store's timeout. The
    /// lock is not held then.
    async fn lock(&mut self) -> Result<(), RecordError>;

    /// Writes the appends in one transaction with the record ids of [`BatchOutcomes`], commits it,
    /// and releases the lock in every case. No append is empty, and no two appends use the same
    /// position.
    ///
    /// An append with a taken position is skipped as a whole and rejected in its outcome. So is an
    /// append with its own error, if the transaction survives it. A store may first try one
    /// statement for all appends. If that fails, it starts the transaction again, takes the lock
    /// again, and uses statements that distinguish the appends.
    ///
    /// # Errors
    ///
    /// [`WriteError`] tells the state of the transaction.
    async fn write(&mut self, appends: &[Append]) -> Result<BatchOutcomes, WriteError>;

    /// Releases the lock without a write.
    async fn unlock(&mut self);

    /// Returns the item at a position, read under the lock: `None` means that it is not stored.
    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<StoredItem>, RecordError>;

    /// Notifies followers: appends were committed, whether the commit was confirmed or looked up
    /// later.
    fn committed(&mut self) {}
}

/// A stored item with its record id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// The record id, if the table has them.
    pub id: Option<RecordId>,
    /// The item.
    pub item: SequencedItem,
}

/// The failure of a transaction.
#[derive(Debug)]
pub enum WriteError {
    /// Nothing was written.
    NotWritten(RecordError),
    /// Nothing was written, because a program that does not take the lock took a record id.
    IdTaken,
    /// The commit was sent, but its answer was lost.
    Lost(BoxError),
}

impl From<RecordError> for WriteError {
    fn from(error: RecordError) -> Self {
        Self::NotWritten(error)
    }
}
