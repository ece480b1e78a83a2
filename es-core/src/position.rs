//! Places in sequences.

use std::fmt;

use crate::time::Timestamp;

/// A place in a sequence. The positions of one table are all of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Position {
    /// A whole number: the version of an event, the index in an array.
    Integer(i64),
    /// A time, in microseconds.
    Timestamp(Timestamp),
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

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Timestamp(time) => time.fmt(f),
        }
    }
}
