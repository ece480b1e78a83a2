//! The two tables of projections in transactions of an SQL database.

use es_store::read_model::{
    Advanced, DeadLetter, LetterQuery, ProjectionRow, ProjectionTables, Step,
};
use es_store::{RecordError, RecordId};
use uuid::Uuid;

use crate::projection_rows::{aggregate_id, letter, projection};
use crate::rows::RowsBy;
use crate::{ProjectionStatements, RowReader, Statement};

/// A transaction that runs the statements on `es_projections` and `es_dead_letters`. A store of
/// read models implements it for [`ProjectionStatements`] to be its [`ProjectionTables`].
pub trait RunStatements: Send {
    /// Runs a statement; returns the number of rows that it matched.
    fn run(
        &mut self,
        statement: Statement<'_>,
    ) -> impl Future<Output = Result<u64, RecordError>> + Send;

    /// Runs a statement that returns rows.
    fn query<R: RowReader>(
        &mut self,
        statement: Statement<'_>,
        rows: R,
    ) -> impl Future<Output = Result<Vec<R::Output>, RecordError>> + Send;
}

impl<T: RunStatements> ProjectionTables<T> for ProjectionStatements {
    async fn insert(&self, transaction: &mut T, name: &str) -> Result<(), RecordError> {
        transaction.run(self.insert(name)).await.map(drop)
    }

    async fn lock(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> Result<Option<ProjectionRow>, RecordError> {
        let rows = transaction.query(self.row(name), RowsBy(projection)).await;
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
        transaction.query(self.rows(), RowsBy(projection)).await
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
        let letters = self.letters(name, query);
        transaction.query(letters, RowsBy(letter)).await
    }

    async fn blocked_aggregates(
        &self,
        transaction: &mut T,
        name: &str,
    ) -> Result<Vec<Uuid>, RecordError> {
        let statement = self.blocked_aggregates(name);
        transaction.query(statement, RowsBy(aggregate_id)).await
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
        record_id: RecordId,
    ) -> Result<(), RecordError> {
        let statement = self.remove_letter(name, record_id);
        transaction.run(statement).await.map(drop)
    }
}
