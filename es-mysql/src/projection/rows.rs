//! Rows of `es_projections`.

use es_core::RecordError;
use es_core::projection::columns::{PROJECTIONS, ProjectionColumns, milliseconds, stored};
use es_core::projection::{Advanced, ProjectionRow, Step};
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Params, Row, from_row_opt};

use super::tables;
use super::transaction::{MysqlTransaction, failed};

/// Runs a statement; says how many rows it changed, or found as they are to be.
pub(super) async fn run(
    transaction: &mut MysqlTransaction,
    sql: &str,
    parameters: impl Into<Params> + Send,
) -> Result<u64, RecordError> {
    let ran = transaction.exec_drop(sql, parameters).await;
    ran.map_err(failed)?;
    Ok(transaction.affected_rows())
}

/// All rows that a statement finds.
pub(super) async fn all<T>(
    transaction: &mut MysqlTransaction,
    sql: &str,
    parameters: impl Into<Params> + Send,
    read: fn(Row) -> Result<T, RecordError>,
) -> Result<Vec<T>, RecordError> {
    let rows: Result<Vec<Row>, _> = transaction.exec(sql, parameters).await;
    rows.map_err(failed)?.into_iter().map(read).collect()
}

/// The columns of a row.
pub(super) fn columns<C: FromRow>(table: &str, row: Row) -> Result<C, RecordError> {
    from_row_opt(row).map_err(|_| RecordError::Damaged {
        table: table.to_owned(),
        reason: "a row has columns of other types".to_owned(),
    })
}

pub(super) fn projection(row: Row) -> Result<ProjectionRow, RecordError> {
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

pub(super) async fn put(
    transaction: &mut MysqlTransaction,
    row: &ProjectionRow,
) -> Result<(), RecordError> {
    let parameters = (
        stored(row.position.get()),
        stored(row.epoch),
        row.owner.map(|owner| owner.to_string()),
        milliseconds(row.lease_left),
        row.mode.as_str(),
        &*row.name,
    );
    run(transaction, tables::PUT, parameters).await.map(drop)
}

pub(super) async fn advance(
    transaction: &mut MysqlTransaction,
    step: &Step<'_>,
) -> Result<Advanced, RecordError> {
    let parameters = (
        stored(step.to.get()),
        milliseconds(step.lease),
        step.name,
        stored(step.epoch),
        stored(step.from.get()),
    );
    Ok(match run(transaction, tables::ADVANCE, parameters).await? {
        0 => Advanced::Fenced,
        _ => Advanced::Yes,
    })
}
