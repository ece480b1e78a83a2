//! The versions of events.

use std::fmt;

use es_store::Position;

/// The number of an event in its sequence, and of the entity's state after the event. The first
/// event has version 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The version of a `Created` event.
    pub const FIRST: Self = Self(0);

    /// Creates a version from its number.
    #[must_use]
    pub const fn new(version: u64) -> Self {
        Self(version)
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the next version.
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
    /// Maps versions above `i64::MAX`, which no stored event has, to that position.
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
