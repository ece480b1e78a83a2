//! Rows to items and back, with every doubt about a row spoken out.

use es_sql::{RowPlace, position_number, position_of_number};
use es_store::kit::{Found, ItemReader};
use es_store::{Position, Record, RecordError, RecordId, SequencedItem, Table};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

/// The columns of items, as the arrays that are bound.
pub(crate) struct Columns<'i> {
    pub(crate) sequences: Vec<Uuid>,
    pub(crate) positions: Vec<i64>,
    pub(crate) topics: Vec<&'i str>,
    pub(crate) data: Vec<&'i str>,
}

impl<'i> Columns<'i> {
    pub(crate) fn of(table: &Table, items: &[&'i SequencedItem]) -> Result<Self, RecordError> {
        let columns = items.iter();
        let positions = columns
            .clone()
            .map(|item| position_number(table, item.position));
        Ok(Self {
            sequences: columns.clone().map(|item| item.sequence_id).collect(),
            positions: positions.collect::<Result<_, _>>()?,
            topics: columns.clone().map(|item| item.topic.as_str()).collect(),
            data: columns.map(|item| &*item.data).collect(),
        })
    }
}

// Rows have the columns sequence, position, topic, data and record id (`NULL` where the table has none).

pub(crate) fn item(items: &mut ItemReader<'_>, row: &Row) -> Result<SequencedItem, RecordError> {
    let table = items.table;
    Ok(items.item(
        sequence_id(table, row)?,
        position(table, row)?,
        column(table, row, 2, &table.topic, "text")?,
        column(table, row, 3, &table.data, "text")?,
    ))
}

pub(crate) fn record(items: &mut ItemReader<'_>, row: &Row) -> Result<Record, RecordError> {
    let table = items.table;
    let id = id(table, row)?.ok_or_else(|| damaged(table, row, "has no record id"))?;
    let item = item(items, row)?;
    Ok(Record { id, item })
}

pub(crate) fn found(items: &mut ItemReader<'_>, row: &Row) -> Result<Found, RecordError> {
    let id = id(items.table, row)?;
    let item = item(items, row)?;
    Ok(Found { id, item })
}

/// A key that a statement found to be taken.
pub(crate) fn key(table: &Table, row: &Row) -> Result<(Uuid, Position), RecordError> {
    Ok((sequence_id(table, row)?, position(table, row)?))
}

pub(crate) fn sequence_id(table: &Table, row: &Row) -> Result<Uuid, RecordError> {
    column(table, row, 0, &table.sequence_id, "a UUID")
}

/// The greatest record id, from the only row there is.
pub(crate) fn max_id(table: &Table, rows: &[Row]) -> Result<RecordId, RecordError> {
    es_sql::max_id(table, rows.first().and_then(|row| row.try_get(0).ok()))
}

fn position(table: &Table, row: &Row) -> Result<Position, RecordError> {
    let number = column(table, row, 1, &table.position, "a number")?;
    Ok(position_of_number(table, number))
}

fn id(table: &Table, row: &Row) -> Result<Option<RecordId>, RecordError> {
    let id: Option<i64> = row
        .try_get(4)
        .map_err(|_| damaged(table, row, "has a record id that is no number"))?;
    id.map(|id| {
        u64::try_from(id)
            .map(RecordId::new)
            .map_err(|_| damaged(table, row, "has a negative record id"))
    })
    .transpose()
}

fn column<'r, T: FromSql<'r>>(
    table: &Table,
    row: &'r Row,
    index: usize,
    name: &str,
    expected: &str,
) -> Result<T, RecordError> {
    match row.try_get::<_, Option<T>>(index) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(damaged(
            table,
            row,
            &format!("has NULL in `{name}`, not {expected}"),
        )),
        Err(_) => Err(damaged(
            table,
            row,
            &format!("has something else in `{name}` than {expected}"),
        )),
    }
}

fn damaged(table: &Table, row: &Row, fault: &str) -> RecordError {
    let place = match row.try_get::<_, Option<i64>>(4) {
        Ok(Some(id)) => RowPlace::Record(id.to_string()),
        _ => RowPlace::Item {
            sequence_id: format!("{:?}", row.try_get::<_, Option<Uuid>>(0).ok().flatten()),
            position: format!("{:?}", row.try_get::<_, Option<i64>>(1).ok().flatten()),
        },
    };
    place.damaged(table, fault)
}
