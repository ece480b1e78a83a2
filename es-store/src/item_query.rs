//! Queries for the items of one sequence.

use std::ops::{Bound, RangeBounds};

use uuid::Uuid;

use crate::position::Position;

/// A query for items of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemQuery {
    /// The sequence.
    pub sequence_id: Uuid,
    /// The lower bound of the positions.
    pub lower: Bound<Position>,
    /// The upper bound of the positions.
    pub upper: Bound<Position>,
    /// The order of the items. A limit counts from the first item in this order.
    pub order: Order,
    /// The maximum number of items.
    pub limit: Option<usize>,
}

impl ItemQuery {
    /// Creates a query for all items of a sequence, ascending.
    #[must_use]
    pub const fn new(sequence_id: Uuid) -> Self {
        Self {
            sequence_id,
            lower: Bound::Unbounded,
            upper: Bound::Unbounded,
            order: Order::Ascending,
            limit: None,
        }
    }

    /// Creates a query for the item at a position of a sequence.
    #[must_use]
    pub const fn at(sequence_id: Uuid, position: Position) -> Self {
        let mut query = Self::new(sequence_id);
        query.lower = Bound::Included(position);
        query.upper = Bound::Included(position);
        query
    }

    /// Creates a query for the last item of a sequence.
    #[must_use]
    pub const fn last(sequence_id: Uuid) -> Self {
        let mut query = Self::new(sequence_id);
        query.order = Order::Descending;
        query.limit = Some(1);
        query
    }

    /// Returns whether `position` lies within the bounds.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        RangeBounds::contains(&(self.lower, self.upper), &position)
    }

    /// Returns the bounds as comparisons in SQL and CQL: an operator and a position, the lower
    /// bound first.
    pub fn comparisons(&self) -> impl Iterator<Item = (&'static str, Position)> {
        let comparison = |bound, including, excluding| match bound {
            Bound::Included(position) => Some((including, position)),
            Bound::Excluded(position) => Some((excluding, position)),
            Bound::Unbounded => None,
        };
        let lower = comparison(self.lower, ">=", ">");
        lower.into_iter().chain(comparison(self.upper, "<=", "<"))
    }
}

/// The order in which items are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The lowest position first.
    #[default]
    Ascending,
    /// The highest position first.
    Descending,
}

impl Order {
    /// Returns the keyword of the order in SQL and CQL.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_agrees_with_comparisons() {
        let ends = [
            Bound::Unbounded,
            Bound::Included(3.into()),
            Bound::Excluded(3.into()),
        ];
        for (lower, upper) in ends
            .into_iter()
            .flat_map(|lower| ends.map(|upper| (lower, upper)))
        {
            let query = ItemQuery {
                lower,
                upper,
                ..ItemQuery::new(Uuid::nil())
            };
            for position in [2, 3, 4].map(Position::from) {
                let holds = |(operator, at)| match operator {
                    ">=" => position >= at,
                    ">" => position > at,
                    "<=" => position <= at,
                    _ => position < at,
                };
                assert_eq!(query.comparisons().all(holds), query.contains(position));
            }
        }
    }
}
