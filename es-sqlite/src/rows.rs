//! Rows of `SQLite`, and the values that are bound.

use es_sql::{IdEncoding, Parameter, RowReader, SqlRow, position_number};
use es_store::{Position, PositionKind, RecordError, SequencedItem, Table, Timestamp};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Params, Row, params_from_iter};
use uuid::Uuid;

use crate::table_reader::MapError;

const MICROS: f64 = 1_000_000.0;

/// Returns the values of a statement as they are bound.
pub(crate) fn bound(parameters: &[Parameter]) -> impl Params {
    params_from_iter(parameters.iter().map(Bound))
}

struct Bound<'p>(&'p Parameter);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Parameter::Id(id, encoding) => id_value(id, *encoding),
            Parameter::Number(number) => (*number).into(),
            Parameter::Time(micros) => seconds(*micros).into(),
            Parameter::Text(text) => return text.to_sql(),
        })
    }
}

/// A sequence id as it is bound.
pub(crate) struct BoundId(pub(crate) Uuid, pub(crate) IdEncoding);

impl ToSql for BoundId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(id_value(&self.0, self.1))
    }
}

fn id_value(id: &Uuid, encoding: IdEncoding) -> ToSqlOutput<'_> {
    match encoding {
        IdEncoding::Bytes => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
        IdEncoding::Digits => ToSqlOutput::Owned(Value::Text(id.simple().to_string())),
    }
}

/// Runs a prepared statement and reads its rows.
pub(crate) fn read_all<R: RowReader>(
    prepared: &mut rusqlite::Statement<'_>,
    parameters: &[Parameter],
    encoding: IdEncoding,
    reader: &mut R,
    error: MapError<'_>,
) -> Result<Vec<R::Output>, RecordError> {
    let mut rows = prepared.query(bound(parameters)).map_err(error)?;
    let mut values = Vec::new();
    while let Some(row) = rows.next().map_err(error)? {
        values.push(reader.read(&SqliteRow { row, encoding })?);
    }
    Ok(values)
}

/// Returns a position as it is bound: an integer as it is, a time as seconds in a float.
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

/// Checks that a time survives the conversion to the float that `SQLite` stores: it does until the
/// year 2242.
pub(crate) fn check_exact(item: &SequencedItem) -> Result<(), RecordError> {
    match item.position {
        Position::Timestamp(time) if from_seconds(seconds(time.as_micros())) != Some(time) => {
            Err(RecordError::Invalid {
                reason: format!(
                    "SQLite stores times as floats, and {time} of sequence {} is too large to be stored exactly",
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

/// A row of the driver, from a table with an encoding of ids.
struct SqliteRow<'r> {
    row: &'r Row<'r>,
    encoding: IdEncoding,
}

impl SqliteRow<'_> {
    fn get(&self, column: usize) -> ValueRef<'_> {
        self.row.get_ref(column).unwrap_or(ValueRef::Null)
    }
}

impl SqlRow for SqliteRow<'_> {
    fn id(&self, column: usize) -> Option<Uuid> {
        match (self.encoding, self.get(column)) {
            (IdEncoding::Bytes, ValueRef::Blob(bytes)) => Uuid::from_slice(bytes).ok(),
            // Other spellings of a UUID have more than 32 characters.
            (IdEncoding::Digits, ValueRef::Text(digits)) if digits.len() == 32 => {
                Uuid::try_parse_ascii(digits).ok()
            }
            _ => None,
        }
    }

    fn expected_id(&self) -> &'static str {
        self.encoding.expected()
    }

    fn number(&self, column: usize) -> Option<i64> {
        match self.get(column) {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }

    fn position(&self, column: usize, kind: PositionKind) -> Option<Position> {
        match (kind, self.get(column)) {
            (PositionKind::Integer, ValueRef::Integer(number)) => Some(Position::Integer(number)),
            (PositionKind::Timestamp, ValueRef::Real(seconds)) => {
                from_seconds(seconds).map(Position::Timestamp)
            }
            (PositionKind::Timestamp, ValueRef::Integer(seconds)) => {
                let micros = seconds.checked_mul(1_000_000);
                micros.map(|micros| Position::Timestamp(Timestamp::from_micros(micros)))
            }
            _ => None,
        }
    }

    fn text(&self, column: usize) -> Option<&str> {
        match self.get(column) {
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn is_null(&self, column: usize) -> bool {
        self.get(column) == ValueRef::Null
    }

    fn describe(&self, column: usize) -> String {
        match self.get(column) {
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
