//! The tree of arrays that a big array consists of.

use std::num::NonZeroU32;

use uuid::Uuid;

/// The ids of the arrays that a big array consists of, and their links.
///
/// All arrays have N positions. A base array (height 1) holds the items of N positions of the big array. An array of height
/// h holds the ids of N arrays of height h - 1, and so spans N^h positions. The root array holds at index h - 1 the id of the
/// array of height h that starts at position 0 (`docs/formats.md`, section 11).
///
/// ```
/// use std::num::NonZeroU32;
/// use es_structures::ArrayTree;
///
/// let root = uuid::uuid!("11111111-1111-1111-1111-111111111111");
/// let tree = ArrayTree::new(root, NonZeroU32::new(10).expect("not 0"));
/// assert_eq!(tree.capacity(), 10_000_000_000);
///
/// let base = tree.base(7);
/// assert_eq!(tree.array_id(base).to_string(), "2ce9113b-c163-5499-b427-49e6bab0c388");
/// let (parent, index) = tree.parent(tree.base(42));
/// assert_eq!((parent.start, parent.height, index), (0, 2, 4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrayTree {
    root_id: Uuid,
    array_size: NonZeroU32,
}

/// An array of a tree, identified by the positions that it spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArraySpan {
    /// The first position.
    pub start: u128,
    /// The height in the tree; 1 for a base array, which holds items.
    pub height: u32,
}

impl ArrayTree {
    /// Creates the tree of the big array with this root and size of arrays.
    #[must_use]
    pub const fn new(root_id: Uuid, array_size: NonZeroU32) -> Self {
        Self {
            root_id,
            array_size,
        }
    }

    /// Returns the id of the root array, which is also that of the big array.
    #[must_use]
    pub const fn root_id(self) -> Uuid {
        self.root_id
    }

    /// Returns the number of positions of each array.
    #[must_use]
    pub const fn array_size(self) -> NonZeroU32 {
        self.array_size
    }

    /// Returns the number of positions of the big array: N^N, but at most `u64::MAX`.
    #[must_use]
    pub fn capacity(self) -> u64 {
        let size = self.array_size.get();
        u64::from(size).checked_pow(size).unwrap_or(u64::MAX)
    }

    /// Returns the base array that holds a position.
    #[must_use]
    pub fn base(self, position: u64) -> ArraySpan {
        let start = position - position % u64::from(self.array_size.get());
        ArraySpan {
            start: u128::from(start),
            height: 1,
        }
    }

    /// Returns the number of positions from this one to the end of its base array.
    #[must_use]
    pub fn left_in_base(self, position: u64) -> u64 {
        let size = u64::from(self.array_size.get());
        size - position % size
    }

    /// Returns the array that holds the id of `child`, and the index of that id.
    #[must_use]
    pub fn parent(self, child: ArraySpan) -> (ArraySpan, u64) {
        let parent = ArraySpan {
            start: child.start - child.start % self.width(child.height + 1),
            height: child.height + 1,
        };
        let index = (child.start - parent.start) / self.width(child.height);
        (parent, u64::try_from(index).unwrap_or(u64::MAX))
    }

    /// Returns the array that `parent` links at an index.
    #[must_use]
    pub fn child(self, parent: ArraySpan, index: u64) -> ArraySpan {
        let height = parent.height - 1;
        ArraySpan {
            start: parent
                .start
                .saturating_add(u128::from(index).saturating_mul(self.width(height))),
            height,
        }
    }

    /// Returns the height of the lowest array that spans all positions from 0 up to this one.
    ///
    /// The Python library calculates it from a logarithm that is rounded to ten decimals. The result is 1 too low for
    /// positions that exceed a power of N by less than about a billionth. Its big arrays then report a wrong end for a while.
    /// Ours do not, and the Python library can read them.
    #[must_use]
    pub fn required_height(self, position: u64) -> u32 {
        self.apex(self.base(position)).height
    }

    /// Returns the id of an array: the UUID version 5 of its half-open span, `(start, end)`, in the namespace of the root's id.
    #[must_use]
    pub fn array_id(self, span: ArraySpan) -> Uuid {
        let end = span.start.saturating_add(self.width(span.height));
        Uuid::new_v5(&self.root_id, format!("({}, {end})", span.start).as_bytes())
    }

    /// Returns the lowest array from this one upwards that starts at position 0.
    fn apex(self, span: ArraySpan) -> ArraySpan {
        let mut apex = span;
        while apex.start != 0 {
            (apex, _) = self.parent(apex);
        }
        apex
    }

    /// Returns the number of positions that an array of this height spans: at most 2^96 if it holds a position of 64 bits.
    fn width(self, height: u32) -> u128 {
        u128::from(self.array_size.get()).saturating_pow(height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(size: u32) -> ArrayTree {
        ArrayTree::new(Uuid::nil(), NonZeroU32::new(size).expect("not 0"))
    }

    #[test]
    fn heights_grow_at_the_powers_of_the_size() {
        for (size, position, height) in [
            (1, 0, 1),
            (2, 1, 1),
            (2, 2, 2),
            (10, 99, 2),
            (10, 100, 3),
            (1_000, 999_999_999, 3),
            (1_000, 1_000_000_000, 4),
            // A rounded logarithm is too low here.
            (10_000, 1_000_000_000_000, 4),
            (u32::MAX, u64::MAX - 1, 3),
        ] {
            let tree = tree(size);
            assert_eq!(tree.required_height(position), height, "{size} {position}");
        }
    }

    #[test]
    fn a_child_stands_in_its_parent_where_the_parent_says() {
        for size in [2, 3, 10, 10_000, u32::MAX] {
            let tree = tree(size);
            for position in [0, 1, 41, 999_999, 12_345_678_901, u64::MAX - 1] {
                let mut span = tree.base(position);
                for _ in 0..5 {
                    let (parent, index) = tree.parent(span);
                    assert!(index < u64::from(size));
                    assert_eq!(tree.child(parent, index), span);
                    span = parent;
                }
            }
        }
    }

    #[test]
    fn the_capacity_is_the_size_to_its_own_power() {
        let capacities = [1, 2, 3, 15, 16].map(|size| tree(size).capacity());
        assert_eq!(capacities, [1, 4, 27, 437_893_890_380_859_375, u64::MAX]);
    }
}
