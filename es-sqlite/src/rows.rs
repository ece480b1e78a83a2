//! Rows to items and back, with every doubt about a row spoken out.

use es_sql::{RowPlace, position_number};
use es_store::kit::{Found, ItemReader};
use es_store::{
    Position, PositionKind, Record, RecordError, RecordId, SequencedItem, Table, Timestamp,
};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use uuid::Uuid;

use crate::form::IdForm;

const MICROS: f64 = 1_000_000.0;

/// A position as it is bound: whole numbers as they are, times as seconds in a float.
pub(crate) fn position_value(table: &Table, position: Position) -> Result<Value, RecordError> {
    let number = position_number(table, position)?;
    Ok(match table.position_kind {
        PositionKind::Timestamp => Value::Real(seconds(number)),
        _ => Value::Integer(number),
    })
}

#[allow(
    clippy::cast_precision_loss,
    reason = "items are checked by `check_exact`, bounds need not be exact"
)]
fn seconds(micros: i64) -> f64 {
    micros as f64 / MICROS
}

/// Checks that a time comes back as it was from the float that `SQLite` keeps: it does until the year 2242.
pub(crate) fn check_exact(item: &SequencedItem) -> Result<(), RecordError> {
    match item.position {
        Position::Timestamp(time) if from_seconds(seconds(time.as_micros())) != Some(time) => {
            Err(RecordError::Invalid {
                reason: format!(
                    "SQLite keeps times as floats, and {time} of sequence {} is too large to be kept exactly",
                    item.sequence_id
                ),
            })
        }
        _ => Ok(()),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let micros = (seconds * MICROS).round();
    (micros.abs() < 9.0e18).then(|| Timestamp::from_micros(micros as i64))
}

/// The table that rows are read from, and how it keeps ids.
#[derive(Clone, Copy)]
struct Shape<'t> {
    table: &'t Table,
    form: IdForm,
}

impl std::ops::Deref for Shape<'_> {
    type Target = Table;

    fn deref(&self) -> &Table {
        self.table
    }
}

/// Reads rows of one shape, one after another.
pub(crate) struct RowReader<'t> {
    shape: Shape<'t>,
    items: ItemReader<'t>,
}

// Rows have the columns sequence, position, topic, data and record id (`NULL` where the table has none).

impl<'t> RowReader<'t> {
    pub(crate) fn new(table: &'t Table, form: IdForm) -> Self {
        Self {
            shape: Shape { table, form },
            items: ItemReader::new(table),
        }
    }

    pub(crate) fn item(&mut self, row: &Row<'_>) -> Result<SequencedItem, RecordError> {
        let shape = &self.shape;
        Ok(self.items.item(
            sequence_id(shape, row)?,
            position(shape, row)?,
            text(shape, row, 2, &shape.topic)?,
            text(shape, row, 3, &shape.data)?,
        ))
    }

    pub(crate) fn record(&mut self, row: &Row<'_>) -> Result<Record, RecordError> {
        let shape = &self.shape;
        let id = id(shape, row)?.ok_or_else(|| damaged(shape, row, "has no record id"))?;
        let item = self.item(row)?;
        Ok(Record { id, item })
    }

    pub(crate) fn found(&mut self, row: &Row<'_>) -> Result<Found, RecordError> {
        let id = id(&self.shape, row)?;
        let item = self.item(row)?;
        Ok(Found { id, item })
    }

    pub(crate) fn sequence_id(&mut self, row: &Row<'_>) -> Result<Uuid, RecordError> {
        sequence_id(&self.shape, row)
    }
}

fn sequence_id(table: &Shape<'_>, row: &Row<'_>) -> Result<Uuid, RecordError> {
    let (id, expected) = match (table.form, column(row, 0)) {
        (IdForm::Bytes, ValueRef::Blob(bytes)) => (Uuid::from_slice(bytes).ok(), "16 bytes"),
        // Of 32 characters only the plain digits are an id.
        (IdForm::Digits, ValueRef::Text(digits)) if digits.len() == 32 => {
            (Uuid::try_parse_ascii(digits).ok(), "32 hexadecimal digits")
        }
        (IdForm::Bytes, _) => (None, "16 bytes"),
        (IdForm::Digits, _) => (None, "32 hexadecimal digits"),
    };
    id.ok_or_else(|| wrong(table, row, 0, &table.sequence_id, expected))
}

fn position(table: &Shape<'_>, row: &Row<'_>) -> Result<Position, RecordError> {
    let position = match (table.position_kind, column(row, 1)) {
        (PositionKind::Integer, ValueRef::Integer(number)) => Some(Position::Integer(number)),
        (PositionKind::Timestamp, ValueRef::Real(seconds)) => {
            from_seconds(seconds).map(Position::Timestamp)
        }
        (PositionKind::Timestamp, ValueRef::Integer(seconds)) => {
            let micros = seconds.checked_mul(1_000_000);
            micros.map(|micros| Position::Timestamp(Timestamp::from_micros(micros)))
        }
        _ => None,
    };
    position.ok_or_else(|| wrong(table, row, 1, &table.position, "a number"))
}

fn text<'r>(
    table: &Shape<'_>,
    row: &'r Row<'_>,
    index: usize,
    name: &str,
) -> Result<&'r str, RecordError> {
    match column(row, index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
    .ok_or_else(|| wrong(table, row, index, name, "text in UTF-8"))
}

fn id(table: &Shape<'_>, row: &Row<'_>) -> Result<Option<RecordId>, RecordError> {
    match column(row, 4) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(id) => match u64::try_from(id) {
            Ok(id) => Ok(Some(RecordId::new(id))),
            Err(_) => Err(damaged(table, row, "has a negative record id")),
        },
        _ => Err(damaged(table, row, "has a record id that is no number")),
    }
}

fn wrong(
    table: &Shape<'_>,
    row: &Row<'_>,
    index: usize,
    name: &str,
    expected: &str,
) -> RecordError {
    let found = show(column(row, index));
    damaged(
        table,
        row,
        &format!("has {found} in `{name}`, not {expected}"),
    )
}

fn damaged(table: &Shape<'_>, row: &Row<'_>, fault: &str) -> RecordError {
    let place = match column(row, 4) {
        ValueRef::Integer(id) => RowPlace::Record(id.to_string()),
        _ => RowPlace::Item {
            sequence_id: show(column(row, 0)),
            position: show(column(row, 1)),
        },
    };
    place.damaged(table, fault)
}

/// A column that a statement does not select is read as `NULL`.
fn column<'r>(row: &'r Row<'_>, index: usize) -> ValueRef<'r> {
    row.get_ref(index).unwrap_or(ValueRef::Null)
}

fn show(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("a text of {} bytes", text.len()),
        ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => format!("a blob of {} bytes", bytes.len()),
        },
    }
}

#[cfg(test)]
mod tests {
    use es_store::Topic;

    use super::*;

    #[test]
    fn times_of_our_days_come_back_exactly_and_others_are_refused() {
        let item = |micros| SequencedItem {
            sequence_id: Uuid::nil(),
            position: Position::Timestamp(Timestamp::from_micros(micros)),
            topic: Topic::new("T"),
            data: "{}".into(),
        };
        for micros in [0, -1, 1, 1_516_884_000_500_000, 8_589_934_591_999_999] {
            assert!(check_exact(&item(micros)).is_ok(), "{micros}");
        }
        for micros in [253_402_300_799_999_999, i64::MAX] {
            assert!(check_exact(&item(micros)).is_err(), "{micros}");
        }
    }
}
