//! Arrays of items at positions that are assigned once: of fixed size ([`Array`]), or without a practical limit
//! ([`BigArray`]).
//!
//! The format is that of Python's `eventsourcing` (`docs/formats.md`, section 11).

mod administration;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod array;
mod assign_next;
mod big_array;
mod item_assigned;
mod reference;
mod settler;
mod slice;
mod tree;

use std::ops::{Bound, RangeBounds};

pub use self::array::Array;
pub use self::big_array::BigArray;
pub use self::item_assigned::ItemAssigned;
pub use self::reference::Reference;
pub use self::settler::{SettleReport, Settler};
pub use self::slice::ArraySlice;
pub use self::tree::{ArraySpan, ArrayTree};

/// Returns the first position of a range, and the position after its last if it has one.
fn bounds(range: &impl RangeBounds<u64>) -> (u64, Option<u64>) {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let stop = match range.end_bound() {
        Bound::Included(last) => Some(last.saturating_add(1)),
        Bound::Excluded(stop) => Some(*stop),
        Bound::Unbounded => None,
    };
    (start, stop)
}
