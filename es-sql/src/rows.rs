//! Rows to items: a row that cannot be an item is an error that names the row and its fault.

use std::marker::PhantomData;

use es_store::kit::{ItemReader, StoredItem};
use es_store::{
    Position, PositionKind, Record, RecordError, RecordId, SequencedItem, Table, Timestamp,
};
use uuid::Uuid;

/// A row as a driver returns it. Columns are counted from 0; one that the statement does not select
/// is read as `NULL`.
pub trait SqlRow {
    /// Reads a sequence id. `None` if the column holds no id.
    fn id(&self, column: usize) -> Option<Uuid>;

    /// Describes a valid sequence id, for error messages.
    fn expected_id(&self) -> &'static str;

    /// Reads an integer. `None` if the column holds none.
    fn number(&self, column: usize) -> Option<i64>;

    /// Reads a position. `None` if the column holds none of this kind.
    fn position(&self, column: usize, kind: PositionKind) -> Option<Position> {
        let number = self.number(column)?;
        Some(match kind {
            PositionKind::Timestamp => Position::Timestamp(Timestamp::from_micros(number)),
            _ => Position::Integer(number),
        })
    }

    /// Reads a text. `None` if the column holds no text in UTF-8.
    fn text(&self, column: usize) -> Option<&str>;

    /// Returns true if the column is `NULL`.
    fn is_null(&self, column: usize) -> bool;

    /// Describes the value of a column, for error messages.
    fn describe(&self, column: usize) -> String;
}

/// Makes values of rows, one after another.
pub trait RowReader: Send {
    /// The value of a row.
    type Output: Send;

    /// Makes the value of the next row.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`] if the row cannot be one.
    fn read<R: SqlRow>(&mut self, row: &R) -> Result<Self::Output, RecordError>;
}

/// Reads the rows of a table of items.
pub struct ItemRows<'t, T> {
    items: ItemReader<'t>,
    output: PhantomData<fn() -> T>,
}

/// A value that is read from a row with the columns sequence, position, topic, data and record id.
pub trait FromRow: Sized + Send + 'static {
    /// Makes the value of a row.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`] if the row cannot be one.
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError>;
}

/// The greatest record id of a table, from the only column of the only row.
#[derive(Debug, Clone, Copy)]
pub struct MaxRecordId(pub RecordId);

/// Reads rows by a function, for rows that are few.
pub(crate) struct RowsBy<T>(pub(crate) fn(&dyn SqlRow) -> Result<T, RecordError>);

const SEQUENCE: usize = 0;
const POSITION: usize = 1;
const TOPIC: usize = 2;
const DATA: usize = 3;
const RECORD_ID: usize = 4;

impl<'t, T> ItemRows<'t, T> {
    /// Creates a reader of the rows of a table.
    #[must_use]
    pub fn new(table: &'t Table) -> Self {
        Self {
            items: ItemReader::new(table),
            output: PhantomData,
        }
    }
}

impl<T: FromRow> RowReader for ItemRows<'_, T> {
    type Output = T;

    fn read<R: SqlRow>(&mut self, row: &R) -> Result<T, RecordError> {
        T::from_row(&mut self.items, row)
    }
}

impl<T: Send> RowReader for RowsBy<T> {
    type Output = T;

    fn read<R: SqlRow>(&mut self, row: &R) -> Result<T, RecordError> {
        (self.0)(row)
    }
}

impl FromRow for SequencedItem {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        let table = items.table;
        let text = |column, name: &str| {
            let text = row.text(column);
            text.ok_or_else(|| wrong(table, row, column, name, "text in UTF-8"))
        };
        Ok(items.item(
            sequence_id(table, row)?,
            position(table, row)?,
            text(TOPIC, &table.topic)?,
            text(DATA, &table.data)?,
        ))
    }
}

impl FromRow for Record {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        let table = items.table;
        let id = record_id(table, row)?.ok_or_else(|| fault(table, row, "has no record id"))?;
        let item = SequencedItem::from_row(items, row)?;
        Ok(Self { id, item })
    }
}

impl FromRow for StoredItem {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        let id = record_id(items.table, row)?;
        let item = SequencedItem::from_row(items, row)?;
        Ok(Self { id, item })
    }
}

/// A sequence id.
impl FromRow for Uuid {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        sequence_id(items.table, row)
    }
}

/// The key of an item.
impl FromRow for (Uuid, Position) {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        Ok((sequence_id(items.table, row)?, position(items.table, row)?))
    }
}

impl FromRow for MaxRecordId {
    fn from_row<R: SqlRow>(items: &mut ItemReader<'_>, row: &R) -> Result<Self, RecordError> {
        let id = row.number(0).and_then(|id| u64::try_from(id).ok());
        id.map(|id| Self(RecordId::new(id)))
            .ok_or_else(|| Self::damaged(items.table, &row.describe(0)))
    }
}

impl MaxRecordId {
    /// Returns the id of the only row.
    ///
    /// # Errors
    ///
    /// [`RecordError::Damaged`] if there is none.
    pub fn only(table: &Table, rows: &[Self]) -> Result<RecordId, RecordError> {
        let row = rows.first();
        row.map(|Self(id)| *id)
            .ok_or_else(|| Self::damaged(table, "missing"))
    }

    fn damaged(table: &Table, found: &str) -> RecordError {
        damaged(&table.name, format!("the greatest record id is {found}"))
    }
}

/// Returns a position as a number: that of a time is microseconds.
///
/// # Errors
///
/// [`RecordError::Invalid`] if it is not of the kind that the table holds.
pub fn position_number(table: &Table, position: Position) -> Result<i64, RecordError> {
    match (table.position_kind, position) {
        (PositionKind::Integer, Position::Integer(number)) => Ok(number),
        (PositionKind::Timestamp, Position::Timestamp(time)) => Ok(time.as_micros()),
        _ => Err(table.wrong_position_kind(position)),
    }
}

fn sequence_id(table: &Table, row: &impl SqlRow) -> Result<Uuid, RecordError> {
    row.id(SEQUENCE)
        .ok_or_else(|| wrong(table, row, SEQUENCE, &table.sequence_id, row.expected_id()))
}

fn position(table: &Table, row: &impl SqlRow) -> Result<Position, RecordError> {
    row.position(POSITION, table.position_kind)
        .ok_or_else(|| wrong(table, row, POSITION, &table.position, "a number"))
}

fn record_id(table: &Table, row: &impl SqlRow) -> Result<Option<RecordId>, RecordError> {
    match row.number(RECORD_ID).map(u64::try_from) {
        Some(Ok(id)) => Ok(Some(RecordId::new(id))),
        None if row.is_null(RECORD_ID) => Ok(None),
        _ => Err(fault(
            table,
            row,
            "has a record id that is no positive number",
        )),
    }
}

fn wrong(
    table: &Table,
    row: &impl SqlRow,
    column: usize,
    name: &str,
    expected: &str,
) -> RecordError {
    let found = row.describe(column);
    fault(
        table,
        row,
        &format!("has {found} in `{name}`, not {expected}"),
    )
}

/// The error of a row, which is named by its record id, or by its key in a table without record
/// ids.
fn fault(table: &Table, row: &impl SqlRow, fault: &str) -> RecordError {
    let [sequence, position] = [SEQUENCE, POSITION].map(|column| row.describe(column));
    let place = match row.number(RECORD_ID) {
        Some(id) => format!("with the record id {id}"),
        None => format!("at position {position} of sequence {sequence}"),
    };
    damaged(&table.name, format!("the row {place} {fault}"))
}

pub(crate) fn damaged(table: &str, reason: String) -> RecordError {
    RecordError::Damaged {
        table: table.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_of_another_kind_is_an_error() {
        let (integers, times) = (Table::snapshots(), Table::timestamp_sequenced());
        let (number, time) = (
            Position::Integer(7),
            Position::from(Timestamp::from_micros(7)),
        );
        for (table, position) in [(&integers, number), (&times, time)] {
            assert_eq!(position_number(table, position).expect("of its kind"), 7);
        }
        for (table, position) in [(&integers, time), (&times, number)] {
            let refused = position_number(table, position);
            assert!(matches!(refused, Err(RecordError::Invalid { .. })));
        }
    }
}
