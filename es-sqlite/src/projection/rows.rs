//! Statements on `es_projections` and `es_dead_letters`, and the rows that they find.

use es_sql::columns::{LetterColumns, ProjectionColumns, aggregate_id};
use es_sql::{SqlTransaction, Statement, Value};
use es_store::RecordError;
use es_store::read_model::{DeadLetter, ProjectionRow};
use rusqlite::{Row, params_from_iter, types};
use uuid::Uuid;

use super::transaction::SqliteTransaction;

impl SqlTransaction for SqliteTransaction {
    async fn run(&mut self, statement: Statement<'_>) -> Result<u64, RecordError> {
        let parameters = params_from_iter(statement.values.into_iter().map(parameter));
        let prepared = self.prepare_cached(statement.sql);
        let changed = prepared.and_then(|mut prepared| prepared.execute(parameters));
        let changed = changed.map_err(|error| self.failed(error))?;
        Ok(changed as u64)
    }

    async fn projections(
        &mut self,
        statement: Statement<'_>,
    ) -> Result<Vec<ProjectionRow>, RecordError> {
        all(self, statement, projection)
    }

    async fn letters(&mut self, statement: Statement<'_>) -> Result<Vec<DeadLetter>, RecordError> {
        all(self, statement, letter)
    }

    async fn aggregates(&mut self, statement: Statement<'_>) -> Result<Vec<Uuid>, RecordError> {
        all(self, statement, aggregate)
    }
}

/// All rows that a statement finds.
fn all<T>(
    transaction: &SqliteTransaction,
    statement: Statement<'_>,
    read: fn(&Row<'_>) -> Result<T, Unread>,
) -> Result<Vec<T>, RecordError> {
    let failed = |error| transaction.failed(error);
    let parameters = params_from_iter(statement.values.into_iter().map(parameter));
    let mut prepared = transaction.prepare_cached(statement.sql).map_err(failed)?;
    let mut rows = prepared.query(parameters).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(read(row).map_err(|unread| match unread {
            Unread::Sql(error) => failed(error),
            Unread::Damaged(error) => error,
        })?);
    }
    Ok(found)
}

fn parameter(value: Value) -> types::Value {
    match value {
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

/// Why a row cannot be read.
enum Unread {
    Sql(rusqlite::Error),
    Damaged(RecordError),
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<RecordError> for Unread {
    fn from(error: RecordError) -> Self {
        Self::Damaged(error)
    }
}

fn projection(row: &Row<'_>) -> Result<ProjectionRow, Unread> {
    let columns = ProjectionColumns {
        name: row.get(0)?,
        position: row.get(1)?,
        epoch: row.get(2)?,
        owner: row.get(3)?,
        left: row.get(4)?,
        mode: row.get(5)?,
    };
    Ok(columns.try_into()?)
}

fn letter(row: &Row<'_>) -> Result<DeadLetter, Unread> {
    let columns = LetterColumns {
        aggregate_id: row.get(0)?,
        position: row.get(1)?,
        topic: row.get(2)?,
        data: row.get(3)?,
        error: row.get(4)?,
        attempts: row.get(5)?,
        request: row.get(6)?,
    };
    Ok(columns.try_into()?)
}

fn aggregate(row: &Row<'_>) -> Result<Uuid, Unread> {
    let id: String = row.get(0)?;
    Ok(aggregate_id(&id)?)
}
