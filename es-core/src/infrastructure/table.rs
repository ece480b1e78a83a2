//! The shapes of record tables, for the stores that keep them.

use std::borrow::Cow;

/// A table of sequenced items: its name, its columns and what its positions are.
///
/// The shapes are those of `docs/formats.md`, section 6; [`Table::named`] gives one another name. Stores make their
/// statements from it, so a table's shape is decided here and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
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

    /// The same shape under another name. Indexes are named after the table.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }
}
