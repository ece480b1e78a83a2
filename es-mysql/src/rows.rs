//! Rows to items and back, with every doubt about a row spoken out.

use es_sql::{RowPlace, position_number, position_of_number};
use es_store::kit::{Found, ItemReader};
use es_store::{Position, Record, RecordError, RecordId, SequencedItem, Table};
use mysql_async::{Row, Value};
use uuid::Uuid;

/// How a table keeps the ids of sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// As 16 bytes: our tables, and `SQLAlchemy`'s.
    Bytes,
    /// As 32 hexadecimal digits: Django's.
    Digits,
}

impl IdForm {
    pub(crate) fn value(self, id: Uuid) -> Value {
        Value::Bytes(match self {
            Self::Bytes => id.as_bytes().to_vec(),
            Self::Digits => id.simple().to_string().into_bytes(),
        })
    }

    pub(crate) fn literal(self, id: Uuid) -> String {
        match self {
            Self::Bytes => format!("0x{}", id.simple()),
            Self::Digits => format!("'{}'", id.simple()),
        }
    }
}

/// The parameters of an item's row, with its id where the table has one.
pub(crate) fn parameters(
    table: &Table,
    item: &SequencedItem,
    form: IdForm,
    id: Option<RecordId>,
) -> Result<Vec<Value>, RecordError> {
    let mut parameters = vec![
        form.value(item.sequence_id),
        position_number(table, item.position)?.into(),
        item.topic.as_str().into(),
        (&*item.data).into(),
    ];
    parameters.extend(id.map(|id| Value::UInt(id.get())));
    Ok(parameters)
}

// Rows have the columns sequence, position, topic, data and record id (`NULL` where the table has none).

pub(crate) fn item(items: &mut ItemReader<'_>, row: &Row) -> Result<SequencedItem, RecordError> {
    let table = items.table;
    Ok(items.item(
        sequence_id(table, row)?,
        position(table, row)?,
        text(table, row, 2, &table.topic)?,
        text(table, row, 3, &table.data)?,
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
    let id = match column(row, 0) {
        Value::Bytes(bytes) if bytes.len() == 16 => Uuid::from_slice(bytes).ok(),
        Value::Bytes(digits) => Uuid::try_parse_ascii(digits).ok(),
        _ => None,
    };
    id.ok_or_else(|| {
        let expected = "16 bytes or 32 hexadecimal digits";
        wrong(table, row, 0, &table.sequence_id, expected)
    })
}

/// The greatest record id, from the only row there is.
pub(crate) fn max_id(table: &Table, rows: &[Row]) -> Result<RecordId, RecordError> {
    es_sql::max_id(table, rows.first().and_then(|row| number(column(row, 0))))
}

fn position(table: &Table, row: &Row) -> Result<Position, RecordError> {
    let number =
        number(column(row, 1)).ok_or_else(|| wrong(table, row, 1, &table.position, "a number"))?;
    Ok(position_of_number(table, number))
}

fn text<'r>(table: &Table, row: &'r Row, index: usize, name: &str) -> Result<&'r str, RecordError> {
    match column(row, index) {
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
    .ok_or_else(|| wrong(table, row, index, name, "text in UTF-8"))
}

fn id(table: &Table, row: &Row) -> Result<Option<RecordId>, RecordError> {
    match column(row, 4) {
        Value::NULL => Ok(None),
        value => match number(value).and_then(|id| u64::try_from(id).ok()) {
            Some(id) => Ok(Some(RecordId::new(id))),
            None => Err(damaged(
                table,
                row,
                "has a record id that is no such number",
            )),
        },
    }
}

/// A number, as the two protocols send it.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::UInt(number) => i64::try_from(*number).ok(),
        Value::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
        _ => None,
    }
}

fn wrong(table: &Table, row: &Row, index: usize, name: &str, expected: &str) -> RecordError {
    let found = show(column(row, index));
    damaged(
        table,
        row,
        &format!("has {found} in `{name}`, not {expected}"),
    )
}

fn damaged(table: &Table, row: &Row, fault: &str) -> RecordError {
    let place = match column(row, 4) {
        Value::NULL => RowPlace::Item {
            sequence_id: show(column(row, 0)),
            position: show(column(row, 1)),
        },
        id => RowPlace::Record(show(id)),
    };
    place.damaged(table, fault)
}

/// A column that a statement does not select is read as `NULL`.
fn column(row: &Row, index: usize) -> &Value {
    row.as_ref(index).unwrap_or(&Value::NULL)
}

fn show(value: &Value) -> String {
    match value {
        Value::Bytes(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => format!("a text of {} bytes", bytes.len()),
        },
        other => other.as_sql(true),
    }
}
