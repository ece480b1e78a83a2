//! What rows say, and what is said of one that cannot be what it says.

use es_store::{Position, PositionKind, RecordError, RecordId, Table, Timestamp};

/// A position as a whole number: that of a time is microseconds.
///
/// # Errors
///
/// [`RecordError::Invalid`] where it is not of the kind that the table holds.
pub fn position_number(table: &Table, position: Position) -> Result<i64, RecordError> {
    match (table.position_kind, position) {
        (PositionKind::Integer, Position::Integer(number)) => Ok(number),
        (PositionKind::Timestamp, Position::Timestamp(time)) => Ok(time.as_micros()),
        _ => Err(table.of_another_kind(position)),
    }
}

/// The position that is such a number.
#[must_use]
pub fn position_of_number(table: &Table, number: i64) -> Position {
    match table.position_kind {
        PositionKind::Timestamp => Position::Timestamp(Timestamp::from_micros(number)),
        _ => Position::Integer(number),
    }
}

/// The greatest record id of a table, as it was read.
///
/// # Errors
///
/// [`RecordError::Damaged`] where it is none.
pub fn max_id(table: &Table, read: Option<i64>) -> Result<RecordId, RecordError> {
    let id = read.and_then(|id| u64::try_from(id).ok());
    id.map(RecordId::new)
        .ok_or_else(|| damaged(table, format!("the greatest record id is {read:?}")))
}

/// Which row of a table, in words.
#[derive(Debug, Clone)]
pub enum RowPlace {
    /// The one with this record id.
    Record(String),
    /// The one at this position of this sequence.
    Item {
        /// The sequence.
        sequence_id: String,
        /// The position.
        position: String,
    },
}

impl RowPlace {
    /// That the row there is damaged: `fault` goes on where its place was named.
    #[must_use]
    pub fn damaged(&self, table: &Table, fault: &str) -> RecordError {
        let reason = match self {
            Self::Record(id) => format!("the row with the record id {id} {fault}"),
            Self::Item {
                sequence_id,
                position,
            } => format!("the row at position {position} of sequence {sequence_id} {fault}"),
        };
        damaged(table, reason)
    }
}

fn damaged(table: &Table, reason: String) -> RecordError {
    RecordError::Damaged {
        table: table.name.clone().into_owned(),
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
            let stored = position_number(table, position).expect("of its kind");
            assert_eq!(stored, 7);
            assert_eq!(position_of_number(table, stored), position);
        }
        for (table, position) in [(&integers, time), (&times, number)] {
            let refused = position_number(table, position);
            assert!(matches!(refused, Err(RecordError::Invalid { .. })));
        }
    }
}
