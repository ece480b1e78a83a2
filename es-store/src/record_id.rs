//! Record ids: the numbers of records in the application sequence.

use std::fmt;

/// The number of a record in the application sequence: 1, 2, 3 … without a gap.
///
/// A reader or a projection states its position as the id of the last record that it has handled.
/// [`RecordId::ZERO`] is the position before the first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RecordId(u64);

impl RecordId {
    /// The position before the first record.
    pub const ZERO: Self = Self(0);
    /// A bound above every record id.
    pub const MAX: Self = Self(u64::MAX);

    /// Creates a record id from its number; 0 is the position before the first record.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the id after this one, or [`RecordId::MAX`] if there is none.
    #[must_use]
    pub const fn next(self) -> Self {
        self.saturating_add(1)
    }

    /// Returns the id before this one, or [`RecordId::ZERO`] if there is none.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Returns the id `count` records later, at most [`RecordId::MAX`].
    #[must_use]
    pub const fn saturating_add(self, count: u64) -> Self {
        Self(self.0.saturating_add(count))
    }

    /// Returns the number of records after `earlier`, up to and including this one; 0 if `earlier`
    /// is not before this one.
    #[must_use]
    pub const fn count_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns this id and all later ones, ascending.
    pub fn successors(self) -> impl Iterator<Item = Self> {
        (self.0..=u64::MAX).map(Self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stays_within_the_range_of_record_ids() {
        let three = RecordId::new(3);
        assert_eq!(
            [three.previous(), three.next()],
            [2, 4].map(RecordId::new),
            "neighbours"
        );
        assert_eq!(RecordId::ZERO.previous(), RecordId::ZERO);
        assert_eq!(RecordId::MAX.next(), RecordId::MAX);
        assert_eq!(three.saturating_add(u64::MAX), RecordId::MAX);
        assert_eq!(three.count_since(RecordId::new(1)), 2);
        assert_eq!(RecordId::new(1).count_since(three), 0);
        assert!(three.successors().take(2).eq([three, three.next()]));
        assert_eq!(RecordId::MAX.successors().count(), 1);
    }
}
