//! The rules by which a table accepts positions, items and queries.

use std::ops::Bound;

use super::{PositionKind, Table};
use crate::capabilities::Capabilities;
use crate::error::RecordError;
use crate::item_query::ItemQuery;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

impl Table {
    /// Returns the capabilities of a store that fulfils the whole contract with this table.
    #[must_use]
    pub const fn capabilities(&self) -> Capabilities {
        match self.record_id {
            Some(_) => Capabilities::full(),
            None => Capabilities::full().without_record_ids(),
        }
    }

    /// Checks that this table has record ids, which `operation` requires.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if it has none.
    pub const fn check_ids(&self, operation: &'static str) -> Result<(), RecordError> {
        match self.record_id {
            Some(_) => Ok(()),
            None => Err(RecordError::unsupported(operation)),
        }
    }

    /// Checks that the positions of this table are times, which `operation` requires.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if they are not.
    pub const fn check_times(&self, operation: &'static str) -> Result<(), RecordError> {
        match self.position_kind {
            PositionKind::Timestamp => Ok(()),
            PositionKind::Integer | PositionKind::TimeUuid => {
                Err(RecordError::unsupported(operation))
            }
        }
    }

    /// Checks that `other`, a table of the same name, equals this table, which is in use.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] if it does not.
    pub fn check_same(&self, other: &Self) -> Result<(), RecordError> {
        if self == other {
            Ok(())
        } else {
            Err(self.schema_error("it is in use with other columns"))
        }
    }

    /// Returns whether `position` has the kind of this table's positions.
    #[must_use]
    pub const fn holds(&self, position: Position) -> bool {
        matches!(
            (self.position_kind, position),
            (PositionKind::Integer, Position::Integer(_))
                | (PositionKind::Timestamp, Position::Timestamp(_))
                | (PositionKind::TimeUuid, Position::TimeUuid(_))
        )
    }

    /// Checks that `position` has the kind of this table's positions.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if it does not.
    pub fn check_position(&self, position: Position) -> Result<(), RecordError> {
        let holds = self.holds(position).then_some(());
        holds.ok_or_else(|| self.wrong_position_kind(position))
    }

    /// Creates the error of a position of another kind.
    #[must_use]
    pub fn wrong_position_kind(&self, position: Position) -> RecordError {
        let kind = match self.position_kind {
            PositionKind::Integer => "integers",
            PositionKind::Timestamp => "times",
            PositionKind::TimeUuid => "time UUIDs",
        };
        RecordError::Invalid {
            reason: format!(
                "position {position} cannot be stored in `{}`, whose positions are {kind}: use a \
                 table with another kind of positions",
                self.name
            ),
        }
    }

    /// Creates the error of a table that is missing or has another shape.
    #[must_use]
    pub fn schema_error(&self, reason: impl Into<String>) -> RecordError {
        RecordError::Schema {
            table: self.name.clone().into_owned(),
            reason: reason.into(),
        }
    }

    /// Checks that the bounds of `query` are comparable with the positions of this table.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if a bound has another kind.
    pub fn check_query(&self, query: &ItemQuery) -> Result<(), RecordError> {
        let bounds = [query.lower, query.upper].into_iter();
        let mut positions = bounds.filter_map(|bound| match bound {
            Bound::Included(position) | Bound::Excluded(position) => Some(position),
            Bound::Unbounded => None,
        });
        positions.try_for_each(|position| self.check_position(position))
    }

    /// Checks that this table can hold `items`.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if a position has another kind.
    pub fn check(&self, items: &[SequencedItem]) -> Result<(), RecordError> {
        match items.iter().find(|item| !self.holds(item.position)) {
            None => Ok(()),
            Some(item) => Err(self.wrong_position_kind(item.position)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_of_another_kind_is_refused() {
        let item = SequencedItem {
            sequence_id: uuid::Uuid::nil(),
            position: Position::Integer(0),
            topic: crate::topic::Topic::new("T"),
            data: "{}".into(),
        };
        assert!(
            Table::snapshots()
                .check(std::slice::from_ref(&item))
                .is_ok()
        );
        let refused = Table::timestamp_sequenced().check(&[item]);
        assert!(matches!(refused, Err(RecordError::Invalid { .. })));
    }
}
