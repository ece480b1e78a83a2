//! Rows of `es_projections`.

use es_core::RecordError;
use es_core::projection::columns::{ProjectionColumns, milliseconds, stored};
use es_core::projection::{Advanced, ProjectionRow, Step};
use rusqlite::{Params, Row, params};

use super::tables;
use super::transaction::SqliteTransaction;

/// Runs a statement; says how many rows it changed.
pub(super) fn run(
    transaction: &SqliteTransaction,
    sql: &str,
    parameters: impl Params,
) -> Result<usize, RecordError> {
    let statement = transaction.prepare_cached(sql);
    let changed = statement.and_then(|mut statement| statement.execute(parameters));
    changed.map_err(|error| transaction.failed(error))
}

/// All rows that a statement finds.
pub(super) fn all<T>(
    transaction: &SqliteTransaction,
    sql: &str,
    parameters: impl Params,
    read: fn(&Row<'_>) -> Result<T, Unread>,
) -> Result<Vec<T>, RecordError> {
    let failed = |error| transaction.failed(error);
    let mut statement = transaction.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement.query(parameters).map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(read(row).map_err(|unread| match unread {
            Unread::Sql(error) => failed(error),
            Unread::Damaged(error) => error,
        })?);
    }
    Ok(found)
}

/// Why a row cannot be read.
pub(super) enum Unread {
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

pub(super) fn projection(row: &Row<'_>) -> Result<ProjectionRow, Unread> {
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

pub(super) fn put(transaction: &SqliteTransaction, row: &ProjectionRow) -> Result<(), RecordError> {
    let parameters = params![
        row.name,
        stored(row.position.get()),
        stored(row.epoch),
        row.owner.map(|owner| owner.to_string()),
        milliseconds(row.lease_left),
        row.mode.as_str()
    ];
    run(transaction, tables::PUT, parameters).map(drop)
}

pub(super) fn advance(
    transaction: &SqliteTransaction,
    step: &Step<'_>,
) -> Result<Advanced, RecordError> {
    let parameters = params![
        step.name,
        stored(step.epoch),
        stored(step.from.get()),
        stored(step.to.get()),
        milliseconds(step.lease)
    ];
    Ok(match run(transaction, tables::ADVANCE, parameters)? {
        0 => Advanced::Fenced,
        _ => Advanced::Yes,
    })
}
