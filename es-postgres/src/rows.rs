//! Rows to items and back, with every doubt about a row spoken out.

use es_core::RecordError;
use es_core::infrastructure::group_commit::Found;
use es_core::infrastructure::{Position, PositionKind, Record, RecordId, SequencedItem, Table};
use es_core::time::Timestamp;
use es_core::topic::Topic;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

/// A position as it is bound: whole numbers as they are, times as microseconds.
pub(crate) fn position_value(position: Position) -> i64 {
    match position {
        Position::Integer(number) => number,
        Position::Timestamp(time) => time.as_micros(),
        _ => 0,
    }
}

fn from_value(kind: PositionKind, value: i64) -> Position {
    match kind {
        PositionKind::Timestamp => Position::Timestamp(Timestamp::from_micros(value)),
        _ => Position::Integer(value),
    }
}

/// The columns of items, as the arrays that are bound.
pub(crate) struct Columns<'i> {
    pub(crate) sequences: Vec<Uuid>,
    pub(crate) positions: Vec<i64>,
    pub(crate) topics: Vec<&'i str>,
    pub(crate) data: Vec<&'i str>,
}

impl<'i> Columns<'i> {
    pub(crate) fn of(items: &[&'i SequencedItem]) -> Self {
        let columns = items.iter();
        Self {
            sequences: columns.clone().map(|item| item.sequence_id).collect(),
            positions: columns
                .clone()
                .map(|item| position_value(item.position))
                .collect(),
            topics: columns.clone().map(|item| item.topic.as_str()).collect(),
            data: columns.map(|item| &*item.data).collect(),
        }
    }
}

// Rows have the columns sequence, position, topic, data and record id (`NULL` where the table has none).

pub(crate) fn item(table: &Table, row: &Row) -> Result<SequencedItem, RecordError> {
    Ok(SequencedItem {
        sequence_id: column(table, row, 0, &table.sequence_id, "a UUID")?,
        position: from_value(
            table.position_kind,
            column(table, row, 1, &table.position, "a number")?,
        ),
        topic: Topic::stored(column(table, row, 2, &table.topic, "text")?),
        data: column::<&str>(table, row, 3, &table.data, "text")?.into(),
    })
}

pub(crate) fn record(table: &Table, row: &Row) -> Result<Record, RecordError> {
    let id = id(table, row)?.ok_or_else(|| damaged(table, row, "has no record id"))?;
    let item = item(table, row)?;
    Ok(Record { id, item })
}

pub(crate) fn found(table: &Table, row: &Row) -> Result<Found, RecordError> {
    let id = id(table, row)?;
    let item = item(table, row)?;
    Ok(Found { id, item })
}

/// A key that a statement found to be taken.
pub(crate) fn key(table: &Table, row: &Row) -> Result<(Uuid, Position), RecordError> {
    let sequence = column(table, row, 0, &table.sequence_id, "a UUID")?;
    let position = column(table, row, 1, &table.position, "a number")?;
    Ok((sequence, from_value(table.position_kind, position)))
}

pub(crate) fn sequence_id(table: &Table, row: &Row) -> Result<Uuid, RecordError> {
    column(table, row, 0, &table.sequence_id, "a UUID")
}

/// The greatest record id, from the only row there is.
pub(crate) fn max_id(table: &Table, rows: &[Row]) -> Result<RecordId, RecordError> {
    let max: Option<i64> = rows.first().and_then(|row| row.try_get(0).ok());
    max.and_then(|max| u64::try_from(max).ok())
        .map(RecordId::new)
        .ok_or_else(|| RecordError::Damaged {
            table: table.name.clone().into_owned(),
            reason: format!("the greatest record id is {max:?}"),
        })
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
    let id = row.try_get::<_, Option<i64>>(4).ok().flatten();
    let which = match id {
        Some(id) => format!("the row with the record id {id}"),
        None => format!(
            "the row at position {:?} of sequence {:?}",
            row.try_get::<_, Option<i64>>(1).ok().flatten(),
            row.try_get::<_, Option<Uuid>>(0).ok().flatten()
        ),
    };
    RecordError::Damaged {
        table: table.name.clone().into_owned(),
        reason: format!("{which} {fault}"),
    }
}
