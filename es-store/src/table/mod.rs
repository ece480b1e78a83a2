//! The shapes of record tables.

mod checks;
mod index;

use std::borrow::Cow;

pub use self::index::{Index, Uniqueness};

/// A table of sequenced items: its name, its columns and the kind of its positions.
///
/// The shapes are those of `docs/formats.md`, section 6. [`Table::named`] changes the name, and the
/// `with_…` methods change the columns. Stores derive their statements from this value, so it is
/// the only place that decides a table's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// The table's name.
    pub name: Cow<'static, str>,
    /// The column of contiguous record ids, if the table has one. It is the primary key then.
    pub record_id: Option<Cow<'static, str>>,
    /// The column of sequence ids.
    pub sequence_id: Cow<'static, str>,
    /// The column of positions.
    pub position: Cow<'static, str>,
    /// The kind of the positions.
    pub position_kind: PositionKind,
    /// The column of topics.
    pub topic: Cow<'static, str>,
    /// The column of stored text.
    pub data: Cow<'static, str>,
}

/// The kind of the positions in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionKind {
    /// Whole numbers of 64 bits.
    Integer,
    /// Decimal seconds with six decimals.
    Timestamp,
    /// UUIDs of version 1 in the order of their times. Not every store can sort them.
    TimeUuid,
}

impl Table {
    /// Returns the shape of `stored_events`: the events of an application, with record ids.
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

    /// Returns the shape of `integer_sequenced_items`: items at whole-numbered positions, with
    /// record ids.
    #[must_use]
    pub const fn integer_sequenced() -> Self {
        Self::items(
            "integer_sequenced_items",
            Some(Cow::Borrowed("id")),
            PositionKind::Integer,
        )
    }

    /// Returns the shape of `integer_sequenced_items_noid`: items at whole-numbered positions,
    /// without record ids.
    #[must_use]
    pub const fn integer_sequenced_no_id() -> Self {
        Self::items("integer_sequenced_items_noid", None, PositionKind::Integer)
    }

    /// Returns the shape of `timestamp_sequenced_items`: items at points in time, with record ids.
    #[must_use]
    pub const fn timestamp_sequenced() -> Self {
        Self::items(
            "timestamp_sequenced_items",
            Some(Cow::Borrowed("id")),
            PositionKind::Timestamp,
        )
    }

    /// Returns the shape of `timestamp_sequenced_items_noid`: items at points in time, without
    /// record ids.
    #[must_use]
    pub const fn timestamp_sequenced_no_id() -> Self {
        Self::items(
            "timestamp_sequenced_items_noid",
            None,
            PositionKind::Timestamp,
        )
    }

    /// Returns the shape of `timeuuid_sequenced_items`: items at time UUIDs, without record ids.
    #[must_use]
    pub const fn timeuuid_sequenced() -> Self {
        Self::items("timeuuid_sequenced_items", None, PositionKind::TimeUuid)
    }

    /// Returns the shape of `snapshots`: the states of aggregates at their versions, without record
    /// ids.
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

    /// Renames the table. Its indexes are named after it.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Removes the record ids, for example for Cassandra.
    #[must_use]
    pub fn without_record_ids(mut self) -> Self {
        self.record_id = None;
        self
    }

    /// Adds record ids in this column.
    #[must_use]
    pub fn with_record_id(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.record_id = Some(column.into());
        self
    }

    /// Renames the column of sequence ids.
    #[must_use]
    pub fn with_sequence_id(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.sequence_id = column.into();
        self
    }

    /// Renames the column of positions.
    #[must_use]
    pub fn with_position(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.position = column.into();
        self
    }

    /// Renames the column of topics.
    #[must_use]
    pub fn with_topic(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.topic = column.into();
        self
    }

    /// Renames the column of stored text.
    #[must_use]
    pub fn with_data(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.data = column.into();
        self
    }
}
