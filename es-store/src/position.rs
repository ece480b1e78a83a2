//! Places in sequences.

use std::fmt;

use crate::time_uuid::TimeUuid;
use crate::timestamp::Timestamp;

/// A place in a sequence. The positions of one table are all of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// A whole number: the version of an event, the index in an array.
    Integer(i64),
    /// A time, in microseconds.
    Timestamp(Timestamp),
    /// The id of the event, which says when it was made.
    TimeUuid(TimeUuid),
}

impl From<i64> for Position {
    fn from(position: i64) -> Self {
        Self::Integer(position)
    }
}

impl From<Timestamp> for Position {
    fn from(time: Timestamp) -> Self {
        Self::Timestamp(time)
    }
}

impl From<TimeUuid> for Position {
    fn from(id: TimeUuid) -> Self {
        Self::TimeUuid(id)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Timestamp(time) => time.fmt(f),
            Self::TimeUuid(id) => id.fmt(f),
        }
    }
}

/// The place of a record in the application sequence: contiguous whole numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(u64);

impl RecordId {
    /// From the number; 0 stands before the first record.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for RecordId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
