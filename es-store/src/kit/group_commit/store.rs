use async_trait::async_trait;
use uuid::Uuid;

use super::Outcomes;
use crate::append::Append;
use crate::error::{BoxError, RecordError};
use crate::position::Position;
use crate::record_id::RecordId;
use crate::sequenced_item::SequencedItem;

/// What a store does for [`GroupCommit`](super::GroupCommit): it keeps one table and writes to it by one connection.
///
/// The writer calls `lock`, then either `write`, or `find` any number of times and `unlock`. After an error of `lock`
/// or `write` the next call is `lock`. No two calls overlap.
#[async_trait]
pub trait BatchStore: Send + 'static {
    /// Takes the lock that keeps every other writer of this library, in any process, from this table. Whatever was left
    /// of an earlier transaction is over when this returns, kept or gone; a lost connection is made anew.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] where the lock cannot be had in reasonable time. The lock is not held then.
    async fn lock(&mut self) -> Result<(), RecordError>;

    /// Writes the appends, none of which is empty and no two of which hold the same position, in one transaction with
    /// ids from [`Outcomes`], commits it, and gives the lock back whatever happens.
    ///
    /// An append with a position that is taken is left out whole and refused in its outcome; so is one with an error of
    /// its own where the transaction survives that. A store with one statement for all may try that first and, where it
    /// fails, begin the transaction once more, under the lock again, with statements that tell the appends apart.
    ///
    /// # Errors
    ///
    /// [`WriteError`] says what is known of the transaction.
    async fn write(&mut self, appends: &[Append]) -> Result<Outcomes, WriteError>;

    /// Gives the lock back: there was nothing to write.
    async fn unlock(&mut self);

    /// What is stored at a position, seen under the lock: what it does not show is not there.
    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<Found>, RecordError>;

    /// Appends were kept, whether their commit was answered or found out about: followers can be told.
    fn committed(&mut self) {}
}

/// A stored item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its record id, where the table has any.
    pub id: Option<RecordId>,
    /// The item.
    pub item: SequencedItem,
}

/// Why a transaction did not come to its end.
#[derive(Debug)]
pub enum WriteError {
    /// Nothing was written.
    Refused(RecordError),
    /// Nothing was written, as a program that does not take the lock took a record id meanwhile.
    IdTaken,
    /// The commit was sent, and its answer is missing.
    Lost(BoxError),
}

impl From<RecordError> for WriteError {
    fn from(error: RecordError) -> Self {
        Self::Refused(error)
    }
}
