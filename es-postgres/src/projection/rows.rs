//! Rows of `es_projections`.

use es_core::RecordError;
use es_core::projection::columns::{ProjectionColumns, milliseconds, stored};
use es_core::projection::{Advanced, ProjectionRow, Step};
use tokio_postgres::{Error, Row};

use super::tables;
use super::transaction::{PostgresTransaction, failed};
use crate::reader::Parameters;

/// Runs a statement; says how many rows it changed.
pub(super) async fn run(
    transaction: &PostgresTransaction,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<u64, RecordError> {
    let client = transaction.client();
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    let changed = client.execute(&statement, parameters).await;
    changed.map_err(failed)
}

/// All rows that a statement finds.
pub(super) async fn all<T>(
    transaction: &PostgresTransaction,
    sql: &str,
    parameters: Parameters<'_>,
    read: fn(&Row) -> Result<T, Unread>,
) -> Result<Vec<T>, RecordError> {
    let client = transaction.client();
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    let rows = client.query(&statement, parameters).await;
    let rows = rows.map_err(failed)?;
    let read = |row| read(row).map_err(|Unread(error)| error);
    rows.iter().map(read).collect()
}

/// Why a row cannot be read.
pub(super) struct Unread(RecordError);

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

pub(super) fn projection(row: &Row) -> Result<ProjectionRow, Unread> {
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

pub(super) async fn put(
    transaction: &PostgresTransaction,
    row: &ProjectionRow,
) -> Result<(), RecordError> {
    let parameters: Parameters<'_> = &[
        &row.name,
        &stored(row.position.get()),
        &stored(row.epoch),
        &row.owner.map(|owner| owner.to_string()),
        &milliseconds(row.lease_left),
        &row.mode.as_str(),
    ];
    run(transaction, tables::PUT, parameters).await.map(drop)
}

pub(super) async fn advance(
    transaction: &PostgresTransaction,
    step: &Step<'_>,
) -> Result<Advanced, RecordError> {
    let parameters: Parameters<'_> = &[
        &step.name,
        &stored(step.epoch),
        &stored(step.from.get()),
        &stored(step.to.get()),
        &milliseconds(step.lease),
    ];
    Ok(match run(transaction, tables::ADVANCE, parameters).await? {
        0 => Advanced::Fenced,
        _ => Advanced::Yes,
    })
}
