//! Arrays of items at whole-numbered positions, each of which is assigned once: of a fixed size ([`Array`]), or as large
//! as anyone needs ([`BigArray`]).
//!
//! They are stored as those of Python's `eventsourcing` are (`docs/formats.md`, section 11).

mod assign_next;
mod big_array;
mod fixed;
mod item;
mod keeping;
mod reference;
mod settler;
mod slice;
mod tree;

use std::ops::{Bound, RangeBounds};

pub use big_array::BigArray;
pub use fixed::Array;
pub use item::ItemAssigned;
pub use reference::Reference;
pub use settler::{Settled, Settler};
pub use slice::ArraySlice;
pub use tree::{ArraySpan, ArrayTree};

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
