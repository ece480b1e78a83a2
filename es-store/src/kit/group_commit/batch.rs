//! The items of one transaction, split into statements.

use std::collections::HashSet;

use uuid::Uuid;

use super::BatchOutcomes;
use crate::append::Append;
use crate::error::RecordError;
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// The items of a batch, for stores that write many rows with one statement.
#[derive(Debug)]
pub struct Batch<'i> {
    items: Vec<&'i SequencedItem>,
}

/// Maximum size of one statement.
#[derive(Debug, Clone, Copy)]
pub struct StatementSize {
    /// Maximum number of rows.
    pub rows: usize,
    /// Maximum number of bytes of data. A larger item gets its own statement.
    pub bytes: usize,
}

impl<'i> Batch<'i> {
    /// Creates a batch with the items of one append.
    #[must_use]
    pub fn new(items: &'i [SequencedItem]) -> Self {
        Self {
            items: items.iter().collect(),
        }
    }

    /// Creates a batch with the items of all appends and accepts each append in `outcomes`.
    pub fn from_appends(appends: &'i [Append], outcomes: &mut BatchOutcomes) -> Self {
        Self::without(&HashSet::new(), appends, outcomes)
    }

    /// Creates a batch from the appends that use no position in `taken`, and records in `outcomes`
    /// which appends were accepted or conflict.
    pub fn without(
        taken: &HashSet<(Uuid, Position)>,
        appends: &'i [Append],
        outcomes: &mut BatchOutcomes,
    ) -> Self {
        let mut items = Vec::with_capacity(appends.len());
        for append in appends {
            let refused = append
                .items()
                .iter()
                .find(|item| taken.contains(&(item.sequence_id, item.position)));
            if let Some(item) = refused {
                outcomes.conflict(item.sequence_id, item.position);
            } else {
                items.extend(append.items());
                outcomes.accept(append.len());
            }
        }
        Self { items }
    }

    /// Returns the conflict of the first item whose position is taken by a stored item or by an
    /// earlier item of the batch.
    #[must_use]
    pub fn conflict(&self, taken: &HashSet<(Uuid, Position)>) -> Option<RecordError> {
        let mut wanted = taken.clone();
        let mut items = self.items.iter();
        let item = items.find(|item| !wanted.insert((item.sequence_id, item.position)))?;
        Some(RecordError::Conflict {
            sequence_id: item.sequence_id,
            position: item.position,
        })
    }

    /// Returns the items in the order of their record ids.
    #[must_use]
    pub fn items(&self) -> &[&'i SequencedItem] {
        &self.items
    }

    /// Splits the items into statements of at most `size`.
    pub fn statements(&self, size: StatementSize) -> impl Iterator<Item = &[&'i SequencedItem]> {
        let mut rest = &self.items[..];
        std::iter::from_fn(move || {
            let statement;
            (statement, rest) = rest.split_at_checked(next_statement_len(rest, size))?;
            (!statement.is_empty()).then_some(statement)
        })
    }
}

/// Returns the number of items in the next statement, which is at least one if there are items.
fn next_statement_len(items: &[&SequencedItem], size: StatementSize) -> usize {
    let mut bytes = 0;
    let fits = |item: &&&SequencedItem| {
        bytes += item.data.len();
        bytes <= size.bytes
    };
    let len = items.iter().take(size.rows).take_while(fits).count();
    len.max(1).min(items.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record_id::RecordId;
    use crate::topic::Topic;

    fn item(n: i64, len: usize) -> SequencedItem {
        SequencedItem {
            sequence_id: Uuid::nil(),
            position: Position::Integer(n),
            topic: Topic::new("T"),
            data: "x".repeat(len).into(),
        }
    }

    #[test]
    fn an_append_with_a_taken_position_is_left_out_whole_and_uses_no_id() {
        let appends = [
            vec![item(0, 1)],
            vec![item(1, 1), item(2, 1)],
            vec![item(3, 1)],
        ]
        .map(Append::from);
        let taken = HashSet::from([(Uuid::nil(), Position::Integer(2))]);
        let mut outcomes = BatchOutcomes::after(RecordId::new(7));
        let batch = Batch::without(&taken, &appends, &mut outcomes);
        assert_eq!(batch.items(), [&item(0, 1), &item(3, 1)]);
        let ids: Vec<_> = outcomes
            .into_appends()
            .into_iter()
            .map(|outcome| outcome.ok().and_then(|kept| kept.last()))
            .collect();
        assert_eq!(ids, [Some(RecordId::new(8)), None, Some(RecordId::new(9))]);
    }

    #[test]
    fn statements_hold_all_items_in_order_within_their_size() {
        let lens = [1, 1, 1, 9, 1, 4, 4];
        let items = (0..).zip(lens).map(|(n, len)| item(n, len));
        let appends = [items.collect()];
        let batch = Batch::from_appends(&appends, &mut BatchOutcomes::without_ids());
        let size = StatementSize { rows: 2, bytes: 6 };
        let lens: Vec<_> = batch.statements(size).map(<[_]>::len).collect();
        assert_eq!(lens, [2, 1, 1, 2, 1]);
    }
}
