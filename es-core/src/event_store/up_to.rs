//! The upper bound of a part of a sequence.

use std::ops::{Bound, RangeFull, RangeTo, RangeToInclusive};

use es_store::Position;

/// An upper bound in a sequence: `..` for all of it, `..=5` up to position 5, `..5` up to the
/// position before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpTo(pub(crate) Bound<Position>);

impl From<RangeFull> for UpTo {
    fn from(_: RangeFull) -> Self {
        Self(Bound::Unbounded)
    }
}

impl<P: Into<Position>> From<RangeToInclusive<P>> for UpTo {
    fn from(range: RangeToInclusive<P>) -> Self {
        Self(Bound::Included(range.end.into()))
    }
}

impl<P: Into<Position>> From<RangeTo<P>> for UpTo {
    fn from(range: RangeTo<P>) -> Self {
        Self(Bound::Excluded(range.end.into()))
    }
}
