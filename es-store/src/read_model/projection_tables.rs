//! The trait for the statements on `es_projections` and `es_dead_letters`.

use uuid::Uuid;

use super::dead_letter::{DeadLetter, LetterQuery};
use super::projection_row::{Advanced, ProjectionRow, Step};
use crate::error::RecordError;
use crate::record_id::RecordId;

/// Statements on the tables `es_projections` and `es_dead_letters`, in a transaction of the type `T`.
///
/// Each method is a statement or two and decides nothing: the runner combines them. The [contract of
/// `ReadModel`](super::ReadModel#contract) applies to them.
pub trait ProjectionTables<T>: Send + Sync {
    /// Inserts the row of a projection unless it exists: position 0, epoch 0, no owner, active.
    fn insert(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Locks and returns the row of a projection (`SELECT … FOR UPDATE`).
    fn lock(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<Option<ProjectionRow>, RecordError>> + Send;

    /// Updates a row that this transaction has locked. The lease expires
    /// [`lease_left`](ProjectionRow::lease_left) from now.
    fn put(
        &self,
        transaction: &mut T,
        row: &ProjectionRow,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Moves the position and renews the lease, in one statement: `UPDATE es_projections SET position
    /// = to, expires = now + lease WHERE name = … AND epoch = … AND position = from`.
    fn advance(
        &self,
        transaction: &mut T,
        step: &Step<'_>,
    ) -> impl Future<Output = Result<Advanced, RecordError>> + Send;

    /// Returns all rows in the order of their names, without a lock.
    fn rows(
        &self,
        transaction: &mut T,
    ) -> impl Future<Output = Result<Vec<ProjectionRow>, RecordError>> + Send;

    /// Renames a projection and its dead letters. The caller has removed any row `to`.
    fn rename(
        &self,
        transaction: &mut T,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Deletes the row of a projection and its dead letters, if they exist.
    fn remove(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Returns the dead letters that match the query, in the order of their record ids.
    fn letters(
        &self,
        transaction: &mut T,
        name: &str,
        query: &LetterQuery,
    ) -> impl Future<Output = Result<Vec<DeadLetter>, RecordError>> + Send;

    /// Returns the aggregates with dead letters, each once.
    fn blocked_aggregates(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<Vec<Uuid>, RecordError>> + Send;

    /// Inserts dead letters, replacing those with the same record ids.
    fn put_letters(
        &self,
        transaction: &mut T,
        name: &str,
        letters: &[DeadLetter],
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Deletes the dead letter of a record, if it exists.
    fn remove_letter(
        &self,
        transaction: &mut T,
        name: &str,
        record_id: RecordId,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
}
