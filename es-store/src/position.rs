//! Positions of items within their sequences.

use std::fmt;

use crate::time_uuid::TimeUuid;
use crate::timestamp::Timestamp;

/// The place of an item within its sequence. The positions of one table are all of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// A whole number, such as the version of an event or the index in an array.
    Integer(i64),
    /// A time, in microseconds.
    Timestamp(Timestamp),
    /// The id of the event, a version 1 UUID that contains its time.
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
