//! The shapes of record tables, for the stores that keep them.

use std::borrow::Cow;
use std::ops::Bound;

use crate::capabilities::Capabilities;
use crate::error::RecordError;
use crate::item_query::ItemQuery;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// A table of sequenced items: its name, its columns and what its positions are.
///
/// The shapes are those of `docs/formats.md`, section 6; [`Table::named`] gives one another name, and `with_…` its
/// columns. Stores make their statements from it, so a table's shape is decided here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// The table's name.
    pub name: Cow<'static, str>,
    /// The column of contiguous record ids, where the table has one. It is the primary key then.
    pub record_id: Option<Cow<'static, str>>,
    /// The column of sequence ids.
    pub sequence_id: Cow<'static, str>,
    /// The column of positions.
    pub position: Cow<'static, str>,
    /// What the positions are.
    pub position_kind: PositionKind,
    /// The column of topics.
    pub topic: Cow<'static, str>,
    /// The column of stored text.
    pub data: Cow<'static, str>,
}

/// What the positions of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionKind {
    /// 64-bit whole numbers.
    Integer,
    /// Decimal seconds with six decimals.
    Timestamp,
    /// UUIDs of version 1, in the order of their times. Not every store can keep them in that order.
    TimeUuid,
}

/// An index of a table. A store makes those of [`Table::indexes`] with the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index<'t> {
    /// The index's name.
    pub name: String,
    /// The columns, in their order.
    pub columns: Vec<&'t str>,
    /// Whether no two rows are alike in these columns.
    pub uniqueness: Uniqueness,
}

/// Whether an index is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// No two rows are alike in its columns.
    Unique,
    /// Rows may be alike.
    Repeated,
}

impl Table {
    /// `stored_events`: the events of an application, with record ids.
    #[must_use]
    pub const fn stored_events() -> Self {
        Self {
            name: Cow::Borrowed("stored_events"),
            record_id: Some(Cow::Borrowed("id")),
            sequence_id: Cow::Borrowed("originator_id"),
            position: Cow::Borrowed("originator_version"),
            position_kind: PositionKind::Integer,
            topic: Cow::Borrowed("event_type"),
            data: Cow::Borrowed("state"),
        }
    }

    /// `integer_sequenced_items`: items at whole-numbered positions, with record ids.
    #[must_use]
    pub const fn integer_sequenced() -> Self {
        Self::items(
            "integer_sequenced_items",
            Some(Cow::Borrowed("id")),
            PositionKind::Integer,
        )
    }

    /// `integer_sequenced_items_noid`: items at whole-numbered positions, without record ids.
    #[must_use]
    pub const fn integer_sequenced_no_id() -> Self {
        Self::items("integer_sequenced_items_noid", None, PositionKind::Integer)
    }

    /// `timestamp_sequenced_items`: items at points in time, with record ids.
    #[must_use]
    pub const fn timestamp_sequenced() -> Self {
        Self::items(
            "timestamp_sequenced_items",
            Some(Cow::Borrowed("id")),
            PositionKind::Timestamp,
        )
    }

    /// `timestamp_sequenced_items_noid`: items at points in time, without record ids.
    #[must_use]
    pub const fn timestamp_sequenced_no_id() -> Self {
        Self::items(
            "timestamp_sequenced_items_noid",
            None,
            PositionKind::Timestamp,
        )
    }

    /// `timeuuid_sequenced_items`: items at time UUIDs, without record ids.
    #[must_use]
    pub const fn timeuuid_sequenced() -> Self {
        Self::items("timeuuid_sequenced_items", None, PositionKind::TimeUuid)
    }

    /// `snapshots`: the states of aggregates at their versions, without record ids.
    #[must_use]
    pub const fn snapshots() -> Self {
        Self::items("snapshots", None, PositionKind::Integer)
    }

    const fn items(
        name: &'static str,
        record_id: Option<Cow<'static, str>>,
        position_kind: PositionKind,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            record_id,
            sequence_id: Cow::Borrowed("sequence_id"),
            position: Cow::Borrowed("position"),
            position_kind,
            topic: Cow::Borrowed("topic"),
            data: Cow::Borrowed("data"),
        }
    }

    /// The same shape under another name. Indexes are named after the table.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// The same table where it has no record ids, as in Cassandra.
    #[must_use]
    pub fn without_record_ids(mut self) -> Self {
        self.record_id = None;
        self
    }

    /// The same shape with record ids, in this column.
    #[must_use]
    pub fn with_record_id(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.record_id = Some(column.into());
        self
    }

    /// The same shape with another name for the column of sequence ids.
    #[must_use]
    pub fn with_sequence_id(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.sequence_id = column.into();
        self
    }

    /// The same shape with another name for the column of positions.
    #[must_use]
    pub fn with_position(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.position = column.into();
        self
    }

    /// The same shape with another name for the column of topics.
    #[must_use]
    pub fn with_topic(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.topic = column.into();
        self
    }

    /// The same shape with another name for the column of stored text.
    #[must_use]
    pub fn with_data(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.data = column.into();
        self
    }

    /// The columns of the primary key: the record id, or else sequence and position.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&str> {
        match &self.record_id {
            Some(id) => vec![id],
            None => vec![&self.sequence_id, &self.position],
        }
    }

    /// The indexes beside the primary key, by name.
    #[must_use]
    pub fn indexes(&self) -> Vec<Index<'_>> {
        let name = &self.name;
        let index = |name: String, columns, uniqueness| Index {
            name,
            columns,
            uniqueness,
        };
        let mut indexes = Vec::new();
        if let Some(id) = &self.record_id {
            indexes.push(index(
                format!("ix_{name}_{id}"),
                vec![&**id],
                Uniqueness::Unique,
            ));
            indexes.push(index(
                format!("{name}_sequence_id_position_index"),
                vec![&self.sequence_id, &self.position],
                Uniqueness::Unique,
            ));
        }
        if self.position_kind == PositionKind::Timestamp {
            indexes.push(index(
                format!("{name}_position_index"),
                vec![&self.position],
                Uniqueness::Repeated,
            ));
        }
        indexes.sort_by(|a, b| a.name.cmp(&b.name));
        indexes
    }

    /// What a store that keeps the whole contract can do with this table.
    #[must_use]
    pub const fn capabilities(&self) -> Capabilities {
        match self.record_id {
            Some(_) => Capabilities::full(),
            None => Capabilities::full().without_record_ids(),
        }
    }

    /// Checks that this table has record ids, which `operation` needs.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] where it has none.
    pub const fn check_ids(&self, operation: &'static str) -> Result<(), RecordError> {
        match self.record_id {
            Some(_) => Ok(()),
            None => Err(RecordError::unsupported(operation)),
        }
    }

    /// Checks that the positions of this table are times, which `operation` needs.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] where they are not.
    pub const fn check_times(&self, operation: &'static str) -> Result<(), RecordError> {
        match self.position_kind {
            PositionKind::Timestamp => Ok(()),
            PositionKind::Integer | PositionKind::TimeUuid => {
                Err(RecordError::unsupported(operation))
            }
        }
    }

    /// Checks that `other`, which has the name of this table in use, is the same.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where it is not.
    pub fn check_same(&self, other: &Self) -> Result<(), RecordError> {
        if self == other {
            Ok(())
        } else {
            Err(self.schema_error("it is in use with other columns"))
        }
    }

    /// Whether the positions of this table are of the kind of `position`.
    #[must_use]
    pub const fn holds(&self, position: Position) -> bool {
        matches!(
            (self.position_kind, position),
            (PositionKind::Integer, Position::Integer(_))
                | (PositionKind::Timestamp, Position::Timestamp(_))
                | (PositionKind::TimeUuid, Position::TimeUuid(_))
        )
    }

    /// Checks that `position` is of the kind that this table holds.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] where it is not.
    pub fn check_position(&self, position: Position) -> Result<(), RecordError> {
        let holds = self.holds(position).then_some(());
        holds.ok_or_else(|| self.wrong_position_kind(position))
    }

    /// That a position is not of the kind that this table holds.
    #[must_use]
    pub fn wrong_position_kind(&self, position: Position) -> RecordError {
        RecordError::Invalid {
            reason: format!("{position} is not of the kind that `{}` holds", self.name),
        }
    }

    /// That the table there is none, or not one that can be used.
    #[must_use]
    pub fn schema_error(&self, reason: impl Into<String>) -> RecordError {
        RecordError::Schema {
            table: self.name.clone().into_owned(),
            reason: reason.into(),
        }
    }

    /// Checks that the bounds of `query` can be compared with the positions of this table.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] where a bound is of the other kind.
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
    /// [`RecordError::Invalid`] where a position is of the other kind.
    pub fn check(&self, items: &[SequencedItem]) -> Result<(), RecordError> {
        match items.iter().find(|item| !self.holds(item.position)) {
            None => Ok(()),
            Some(item) => Err(RecordError::Invalid {
                reason: format!(
                    "position {} of sequence {} is not of the kind that `{}` holds",
                    item.position, item.sequence_id, self.name
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index_names(table: &Table) -> Vec<String> {
        let indexes = table.indexes().into_iter();
        indexes.map(|index| index.name).collect()
    }

    #[test]
    fn indexes_are_those_of_the_format() {
        assert_eq!(
            index_names(&Table::stored_events()),
            [
                "ix_stored_events_id",
                "stored_events_sequence_id_position_index"
            ]
        );
        assert_eq!(
            index_names(&Table::timestamp_sequenced()),
            [
                "ix_timestamp_sequenced_items_id",
                "timestamp_sequenced_items_position_index",
                "timestamp_sequenced_items_sequence_id_position_index"
            ]
        );
        assert!(index_names(&Table::snapshots()).is_empty());
    }

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
