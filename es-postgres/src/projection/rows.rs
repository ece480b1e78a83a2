//! Statements on `es_projections` and `es_dead_letters`, and the rows that they find.

use es_sql::columns::{LetterColumns, ProjectionColumns, aggregate_id};
use es_sql::{SqlTransaction, Statement, Value};
use es_store::RecordError;
use es_store::read_model::{DeadLetter, ProjectionRow};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::transaction::{PostgresTransaction, failed};

impl SqlTransaction for PostgresTransaction {
    async fn run(&mut self, statement: Statement<'_>) -> Result<u64, RecordError> {
        let client = self.client();
        let prepared = client.prepare_cached(statement.sql).await.map_err(failed)?;
        let changed = client
            .execute(&prepared, &parameters(&statement.values))
            .await;
        changed.map_err(failed)
    }

    async fn projections(
        &mut self,
        statement: Statement<'_>,
    ) -> Result<Vec<ProjectionRow>, RecordError> {
        all(self, statement, projection).await
    }

    async fn letters(&mut self, statement: Statement<'_>) -> Result<Vec<DeadLetter>, RecordError> {
        all(self, statement, letter).await
    }

    async fn aggregates(&mut self, statement: Statement<'_>) -> Result<Vec<Uuid>, RecordError> {
        all(self, statement, aggregate).await
    }
}

/// All rows that a statement finds.
async fn all<T>(
    transaction: &PostgresTransaction,
    statement: Statement<'_>,
    read: fn(&Row) -> Result<T, Unread>,
) -> Result<Vec<T>, RecordError> {
    let client = transaction.client();
    let prepared = client.prepare_cached(statement.sql).await.map_err(failed)?;
    let rows = client
        .query(&prepared, &parameters(&statement.values))
        .await;
    let rows = rows.map_err(failed)?;
    let read = |row| read(row).map_err(|Unread(error)| error);
    rows.iter().map(read).collect()
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(parameter).collect()
}

fn parameter(value: &Value) -> &(dyn ToSql + Sync) {
    match value {
        Value::Number(number) => number,
        Value::Text(text) => text,
    }
}

/// Why a row cannot be read.
struct Unread(RecordError);

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self(failed(error))
    }
}

impl From<RecordError> for Unread {
    fn from(error: RecordError) -> Self {
        Self(error)
    }
}

fn projection(row: &Row) -> Result<ProjectionRow, Unread> {
    let columns = ProjectionColumns {
        name: row.try_get(0)?,
        position: row.try_get(1)?,
        epoch: row.try_get(2)?,
        owner: row.try_get(3)?,
        left: row.try_get(4)?,
        mode: row.try_get(5)?,
    };
    Ok(columns.try_into()?)
}

fn letter(row: &Row) -> Result<DeadLetter, Unread> {
    let columns = LetterColumns {
        aggregate_id: row.try_get(0)?,
        position: row.try_get(1)?,
        topic: row.try_get(2)?,
        data: row.try_get(3)?,
        error: row.try_get(4)?,
        attempts: row.try_get(5)?,
        request: row.try_get(6)?,
    };
    Ok(columns.try_into()?)
}

fn aggregate(row: &Row) -> Result<Uuid, Unread> {
    Ok(aggregate_id(row.try_get(0)?)?)
}
