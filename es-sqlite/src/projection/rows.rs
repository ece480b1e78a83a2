//! Rows of `es_projections`.

use std::time::Duration;

use es_core::RecordError;
use es_core::infrastructure::RecordId;
use es_core::projection::{Advanced, Mode, ProjectionRow, Step};
use rusqlite::{Params, Row, params};
use uuid::Uuid;

use super::tables;
use super::transaction::SqliteTransaction;

const TABLE: &str = "es_projections";

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

impl Unread {
    pub(super) fn damaged(table: &str, reason: String) -> Self {
        Self::Damaged(RecordError::Damaged {
            table: table.to_owned(),
            reason,
        })
    }
}

pub(super) fn projection(row: &Row<'_>) -> Result<ProjectionRow, Unread> {
    let name: String = row.get(0)?;
    let owner: Option<String> = row.get(3)?;
    let damaged = |what: &str| Unread::damaged(TABLE, format!("{what} of `{name}`"));
    let owner = owner.map(|owner| Uuid::parse_str(&owner)).transpose();
    let mode: String = row.get(5)?;
    let left: i64 = row.get(4)?;
    Ok(ProjectionRow {
        position: RecordId::new(number(row.get(1)?)),
        epoch: number(row.get(2)?),
        owner: owner.map_err(|_| damaged("the owner"))?,
        lease_left: Duration::from_millis(number(left)),
        mode: Mode::stored(&mode).ok_or_else(|| damaged("the mode"))?,
        name,
    })
}

/// Numbers are stored with a sign; below zero nothing is left.
fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A lease ends not before its time.
fn milliseconds(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX / 4)
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
