use es_store::read_model::{
    Advanced, DeadLetter, LetterQuery, ProjectionRow, ProjectionTables, Step,
};
use es_store::{RecordError, RecordId};
use uuid::Uuid;

use crate::projections::{ProjectionStatements, Statement};

/// A transaction in which statements on `es_projections` and `es_dead_letters` are run: what a store writes for
/// [`ProjectionStatements`] to be the [`ProjectionTables`] of its read models.
pub trait SqlTransaction: Send {
    /// Runs a statement; says how many rows it changed, or found as they are to be.
    fn run(
        &mut self,
        statement: Statement<'_>,
    ) -> impl Future<Output = Result<u64, RecordError>> + Send;

    /// The rows that a statement finds, with the columns of [`ProjectionColumns`](crate::columns::ProjectionColumns), in
    /// their order.
    fn projections(
        &mut self,
        statement: Statement<'_>,
    ) -> impl Future<Output = Result<Vec<ProjectionRow>, RecordError>> + Send;

    /// The rows that a statement finds, with the columns of [`LetterColumns`](crate::columns::LetterColumns), in their order.
    fn letters(
        &mut self,
        statement: Statement<'_>,
    ) -> impl Future<Output = Result<Vec<DeadLetter>, RecordError>> + Send;

    /// The ids of aggregates that a statement finds, the only column of its rows.
    fn aggregates(
        &mut self,
        statement: Statement<'_>,
    ) -> impl Future<Output = Result<Vec<Uuid>, RecordError>> + Send;
}

impl<T: SqlTransaction> ProjectionTables<T> for ProjectionStatements {
    async fn insert(&self, transaction: &mut T, name: &str) -> Result<(), RecordError> {
        transaction.run(self.insert(name)).await.map(drop)
    }

    async fn lock(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> Result<Option<ProjectionRow>, RecordError> {
        let rows = transaction.projections(self.row(name)).await;
        rows.map(|mut rows| rows.pop())
    }

    async fn put(&self, transaction: &mut T, row: &ProjectionRow) -> Result<(), RecordError> {
        transaction.run(self.put(row)).await.map(drop)
    }

    async fn advance(&self, transaction: &mut T, step: &Step<'_>) -> Result<Advanced, RecordError> {
        transaction
            .run(self.advance(step))
            .await
            .map(Advanced::from_row_count)
    }

    async fn rows(&self, transaction: &mut T) -> Result<Vec<ProjectionRow>, RecordError> {
        transaction.projections(self.rows()).await
    }

    async fn rename(&self, transaction: &mut T, from: &str, to: &str) -> Result<(), RecordError> {
        for statement in self.rename(from, to) {
            transaction.run(statement).await?;
        }
        Ok(())
    }

    async fn remove(&self, transaction: &mut T, name: &str) -> Result<(), RecordError> {
        for statement in self.remove(name) {
            transaction.run(statement).await?;
        }
        Ok(())
    }

    async fn letters(
        &self,
        transaction: &mut T,
        name: &str,
        query: &LetterQuery,
    ) -> Result<Vec<DeadLetter>, RecordError> {
        transaction.letters(self.letters(name, query)).await
    }

    async fn blocked_aggregates(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> Result<Vec<Uuid>, RecordError> {
        transaction.aggregates(self.parked(name)).await
    }

    async fn put_letters(
        &self,
        transaction: &mut T,
        name: &str,
        letters: &[DeadLetter],
    ) -> Result<(), RecordError> {
        for letter in letters {
            transaction.run(self.put_letter(name, letter)).await?;
        }
        Ok(())
    }

    async fn remove_letter(
        &self,
        transaction: &mut T,
        name: &str,
        position: RecordId,
    ) -> Result<(), RecordError> {
        let statement = self.remove_letter(name, position);
        transaction.run(statement).await.map(drop)
    }
}
