//! The version of an event.

use std::fmt;

use es_store::Position;

/// The number of an event in its sequence, and of the entity that it made: the first event has version 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The version that a `Created` event makes.
    pub const FIRST: Self = Self(0);

    /// From the number.
    #[must_use]
    pub const fn new(version: u64) -> Self {
        Self(version)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl From<u64> for Version {
    fn from(version: u64) -> Self {
        Self(version)
    }
}

impl From<Version> for Position {
    /// A version that 64 signed bits cannot hold lies beyond every stored one, and so does its position.
    fn from(version: Version) -> Self {
        Self::Integer(i64::try_from(version.get()).unwrap_or(i64::MAX))
    }
}

impl PartialEq<u64> for Version {
    fn eq(&self, other: &u64) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
