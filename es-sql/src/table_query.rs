//! The reads of one table, and its changes outside of appends.

use es_store::{ItemQuery, Position, RecordId, TimeCursor};
use uuid::Uuid;

/// A read of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableQuery {
    /// Items of a sequence.
    Items(ItemQuery),
    /// The item at a position of a sequence.
    Item(Uuid, Position),
    /// Items of all sequences after a cursor, in the order of their times, up to a limit.
    ItemsByTime(Option<TimeCursor>, usize),
    /// Records after an id, in the order of their ids, up to a limit.
    Records(RecordId, usize),
    /// The greatest record id.
    MaxRecordId,
    /// Distinct sequence ids after an id, up to a limit.
    SequenceIds(Option<Uuid>, usize),
}

impl TableQuery {
    /// Names the operation, for error messages.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Items(_) => "read items",
            Self::Item(..) => "read an item",
            Self::ItemsByTime(..) => "read items by time",
            Self::Records(..) => "read records",
            Self::MaxRecordId => "read the greatest record id",
            Self::SequenceIds(..) => "read sequence ids",
        }
    }

    /// Returns true if the statement binds a sequence id, and thus depends on the encoding of ids.
    #[must_use]
    pub const fn binds_id(&self) -> bool {
        !matches!(
            self,
            Self::ItemsByTime(None, _)
                | Self::Records(..)
                | Self::MaxRecordId
                | Self::SequenceIds(None, _)
        )
    }
}

/// A change of one table outside of appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableChange {
    /// Drops the table if it exists.
    Drop,
    /// Deletes all rows.
    Truncate,
    /// Deletes the item at a position of a sequence.
    Delete(Uuid, Position),
}

impl TableChange {
    /// Names the operation, for error messages.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        match self {
            Self::Drop => "drop the table",
            Self::Truncate => "truncate the table",
            Self::Delete(..) => "delete a record",
        }
    }
}
