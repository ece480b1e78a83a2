//! Arrays of items at whole-numbered positions, each of which is assigned once: of a fixed size ([`Array`]), or as large
//! as anyone needs ([`BigArray`]).
//!
//! They are stored as those of Python's `eventsourcing` are (`docs/formats.md`, section 11).

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
pub use self::settler::{Settled, Settler};
pub use self::slice::ArraySlice;
pub use self::tree::{ArraySpan, ArrayTree};

/// The first position of a range, and the one after its last, where it has one.
fn ends(range: &impl RangeBounds<u64>) -> (u64, Option<u64>) {
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
