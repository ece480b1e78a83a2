//! The rows of `es_projections` and `es_dead_letters`, stored alike in all SQL databases: signed
//! numbers, times in milliseconds, ids as text with hyphens.

use std::time::Duration;

use es_store::read_model::{DeadLetter, Mode, ProjectionRow, Request};
use es_store::{RecordError, RecordId, Topic};
use uuid::Uuid;

use crate::SqlRow;
use crate::rows::damaged;

const PROJECTIONS: &str = "es_projections";
const DEAD_LETTERS: &str = "es_dead_letters";

/// Reads a row with the columns name, position, epoch, owner, remaining lease and mode.
pub(crate) fn projection(row: &dyn SqlRow) -> Result<ProjectionRow, RecordError> {
    let columns = Columns {
        table: PROJECTIONS,
        row,
    };
    let owner = columns.optional_text(3)?.map(Uuid::parse_str);
    let mode = Mode::stored(columns.text(5)?);
    Ok(ProjectionRow {
        name: columns.text(0)?.to_owned(),
        position: RecordId::new(columns.number(1)?),
        epoch: columns.number(2)?,
        owner: owner.transpose().map_err(|_| columns.wrong(3))?,
        lease_left: Duration::from_millis(columns.number(4)?),
        mode: mode.ok_or_else(|| columns.wrong(5))?,
    })
}

/// Reads a row with the columns aggregate id, position, topic, data, error, attempts and request.
pub(crate) fn letter(row: &dyn SqlRow) -> Result<DeadLetter, RecordError> {
    let columns = Columns {
        table: DEAD_LETTERS,
        row,
    };
    Ok(DeadLetter {
        aggregate_id: aggregate_id(row)?,
        record_id: RecordId::new(columns.number(1)?),
        topic: Topic::stored(columns.text(2)?),
        data: columns.text(3)?.into(),
        error: columns.text(4)?.to_owned(),
        attempts: u32::try_from(columns.number(5)?).unwrap_or(u32::MAX),
        request: columns.optional_text(6)?.and_then(Request::stored),
    })
}

/// Reads the id of an aggregate from the first column of `es_dead_letters`.
pub(crate) fn aggregate_id(row: &dyn SqlRow) -> Result<Uuid, RecordError> {
    let columns = Columns {
        table: DEAD_LETTERS,
        row,
    };
    Uuid::parse_str(columns.text(0)?).map_err(|_| columns.wrong(0))
}

/// Converts a lease to milliseconds, rounded up so that it does not end early.
pub(crate) fn milliseconds(lease: Duration) -> i64 {
    // A quarter of the range, so that the sum with a time is in the range too.
    const LONGEST: i64 = i64::MAX / 4;
    let exact = i64::try_from(lease.as_micros().div_ceil(1_000));
    exact.unwrap_or(LONGEST).min(LONGEST)
}

/// A row of one of the two tables.
struct Columns<'r> {
    table: &'static str,
    row: &'r dyn SqlRow,
}

impl<'r> Columns<'r> {
    fn text(&self, column: usize) -> Result<&'r str, RecordError> {
        self.row.text(column).ok_or_else(|| self.wrong(column))
    }

    fn optional_text(&self, column: usize) -> Result<Option<&'r str>, RecordError> {
        match self.row.text(column) {
            None if !self.row.is_null(column) => Err(self.wrong(column)),
            text => Ok(text),
        }
    }

    /// Reads a number; a negative one, such as the rest of an expired lease, is 0.
    fn number(&self, column: usize) -> Result<u64, RecordError> {
        let number = self.row.number(column);
        let number = number.ok_or_else(|| self.wrong(column))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    fn wrong(&self, column: usize) -> RecordError {
        let (name, found) = (self.row.describe(0), self.row.describe(column));
        let reason = format!("the row of {name} has {found} in column {}", column + 1);
        damaged(self.table, reason)
    }
}
