use uuid::Uuid;

use super::read_model::{Advanced, DeadLetter, LetterQuery, ProjectionRow, Step};
use crate::error::RecordError;
use crate::record_id::RecordId;

/// The tables `es_projections` and `es_dead_letters` beside a read model, in its transactions `T`: single statements. What
/// they mean together is decided above.
///
/// What they promise is a part of the contract of a [`ReadModel`](super::read_model::ReadModel).
pub trait ProjectionTables<T>: Send + Sync {
    /// Makes the row of a projection, at position 0, epoch 0, without an owner, where there is none.
    fn insert(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// The row of a projection, locked until the transaction ends (`SELECT … FOR UPDATE`).
    fn lock(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<Option<ProjectionRow>, RecordError>> + Send;

    /// Writes a row that is locked. Its lease ends when what is left has passed from now.
    fn put(
        &self,
        transaction: &mut T,
        row: &ProjectionRow,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Moves a projection on, in one statement: `UPDATE es_projections SET position = to, expires = now + lease WHERE
    /// name = … AND epoch = … AND position = from`.
    fn advance(
        &self,
        transaction: &mut T,
        step: &Step<'_>,
    ) -> impl Future<Output = Result<Advanced, RecordError>> + Send;

    /// All rows, by name, as they are; none is locked.
    fn rows(
        &self,
        transaction: &mut T,
    ) -> impl Future<Output = Result<Vec<ProjectionRow>, RecordError>> + Send;

    /// Gives the row `from`, and its dead letters, the name `to`, which is free.
    fn rename(
        &self,
        transaction: &mut T,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Removes a row and its dead letters, if there are any.
    fn remove(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Dead letters of a projection, by position.
    fn letters(
        &self,
        transaction: &mut T,
        name: &str,
        query: &LetterQuery,
    ) -> impl Future<Output = Result<Vec<DeadLetter>, RecordError>> + Send;

    /// The aggregates that have dead letters, each once.
    fn parked(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> impl Future<Output = Result<Vec<Uuid>, RecordError>> + Send;

    /// Writes dead letters, over those that stand at their positions.
    fn put_letters(
        &self,
        transaction: &mut T,
        name: &str,
        letters: &[DeadLetter],
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Removes the dead letter at a position, if there is one.
    fn remove_letter(
        &self,
        transaction: &mut T,
        name: &str,
        position: RecordId,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;
}
