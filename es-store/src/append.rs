//! An append: everything that a store writes at once.

use crate::sequenced_item::SequencedItem;

/// Everything that one append stores: all of it or nothing.
///
/// ```
/// # use es_store::{Append, SequencedItem};
/// # fn example(items: Vec<SequencedItem>) {
/// let append = Append::from(items);
/// assert_eq!(append.len(), append.items().len());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Append {
    items: Vec<SequencedItem>,
}

impl Append {
    /// Creates an append of items, in the order in which they get their record ids.
    #[must_use]
    pub const fn new(items: Vec<SequencedItem>) -> Self {
        Self { items }
    }

    /// Returns the items.
    #[must_use]
    pub fn items(&self) -> &[SequencedItem] {
        &self.items
    }

    /// Takes the items out.
    #[must_use]
    pub fn into_items(self) -> Vec<SequencedItem> {
        self.items
    }

    /// Returns the number of items.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there is nothing to store.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl FromIterator<SequencedItem> for Append {
    fn from_iter<I: IntoIterator<Item = SequencedItem>>(items: I) -> Self {
        Self::new(items.into_iter().collect())
    }
}

impl From<Vec<SequencedItem>> for Append {
    fn from(items: Vec<SequencedItem>) -> Self {
        Self::new(items)
    }
}
