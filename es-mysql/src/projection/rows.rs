//! Statements on `es_projections` and `es_dead_letters`, and the rows that they find.

use es_sql::columns::{DEAD_LETTERS, LetterColumns, PROJECTIONS, ProjectionColumns, aggregate_id};
use es_sql::{SqlTransaction, Statement, Value};
use es_store::RecordError;
use es_store::read_model::{DeadLetter, ProjectionRow};
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Params, Row, from_row_opt};
use uuid::Uuid;

use super::transaction::{MysqlTransaction, failed};

impl SqlTransaction for MysqlTransaction {
    async fn run(&mut self, statement: Statement<'_>) -> Result<u64, RecordError> {
        let ran = self
            .exec_drop(statement.sql, parameters(statement.values))
            .await;
        ran.map_err(failed)?;
        Ok(self.affected_rows())
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
    transaction: &mut MysqlTransaction,
    statement: Statement<'_>,
    read: fn(Row) -> Result<T, RecordError>,
) -> Result<Vec<T>, RecordError> {
    let rows: Result<Vec<Row>, _> = transaction
        .exec(statement.sql, parameters(statement.values))
        .await;
    rows.map_err(failed)?.into_iter().map(read).collect()
}

fn parameters(values: Vec<Value>) -> Params {
    if values.is_empty() {
        return Params::Empty;
    }
    Params::Positional(values.into_iter().map(parameter).collect())
}

fn parameter(value: Value) -> mysql_async::Value {
    match value {
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
    }
}

/// The columns of a row.
fn columns<C: FromRow>(table: &str, row: Row) -> Result<C, RecordError> {
    from_row_opt(row).map_err(|_| RecordError::Damaged {
        table: table.to_owned(),
        reason: "a row has columns of other types".to_owned(),
    })
}

fn projection(row: Row) -> Result<ProjectionRow, RecordError> {
    let (name, position, epoch, owner, left, mode) = columns(PROJECTIONS, row)?;
    let columns = ProjectionColumns {
        name,
        position,
        epoch,
        owner,
        left,
        mode,
    };
    columns.try_into()
}

fn letter(row: Row) -> Result<DeadLetter, RecordError> {
    let (aggregate_id, position, topic, data, error, attempts, request) =
        columns(DEAD_LETTERS, row)?;
    let columns = LetterColumns {
        aggregate_id,
        position,
        topic,
        data,
        error,
        attempts,
        request,
    };
    columns.try_into()
}

fn aggregate(row: Row) -> Result<Uuid, RecordError> {
    let (id,): (String,) = columns(DEAD_LETTERS, row)?;
    aggregate_id(&id)
}
