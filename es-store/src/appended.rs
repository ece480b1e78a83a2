//! The answer to an append.

use std::ops::Range;

use crate::record_id::RecordId;

/// The answer to an append: the number of items written, and their record ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Appended {
    len: usize,
    /// Ascending ranges of record ids; `None` in a store without record ids. One append has one
    /// range. Combined appends have several ranges if other writers appended in between; `later`
    /// holds the second and following ones.
    ids: Option<Range<u64>>,
    later: Vec<Range<u64>>,
}

impl Appended {
    /// Creates the answer for `len` items with consecutive ids from `first`.
    #[must_use]
    pub const fn with_ids(first: RecordId, len: usize) -> Self {
        let first = first.get();
        Self {
            len,
            ids: Some(first..first + len as u64),
            later: Vec::new(),
        }
    }

    /// Creates the answer for `len` items in a store without record ids.
    #[must_use]
    pub const fn without_ids(len: usize) -> Self {
        Self {
            len,
            ids: None,
            later: Vec::new(),
        }
    }

    /// Creates the answer for `len` items after the greatest record id; `None` for a store without record ids.
    #[must_use]
    pub fn after(max: Option<RecordId>, len: usize) -> Self {
        match max {
            Some(max) => Self::with_ids(RecordId::new(max.get().saturating_add(1)), len),
            None => Self::without_ids(len),
        }
    }

    /// Combines the answers to two appends, `later` being the second.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.len += later.len;
        for next in later.ids.into_iter().chain(later.later) {
            let last = self.later.last_mut().or(self.ids.as_mut());
            match last {
                Some(last) if last.end == next.start => last.end = next.end,
                Some(_) => self.later.push(next),
                None => self.ids = Some(next),
            }
        }
        self
    }

    /// Returns the number of items written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether nothing was written, because there was nothing to write.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the record ids of the items, in their order; none in a store without record ids.
    pub fn record_ids(&self) -> impl Iterator<Item = RecordId> + '_ {
        let ranges = self.ids.iter().chain(&self.later);
        ranges.cloned().flatten().map(RecordId::new)
    }

    /// Returns the record id of the last item written.
    #[must_use]
    pub fn last(&self) -> Option<RecordId> {
        let last = self.later.last().or(self.ids.as_ref())?;
        (!last.is_empty()).then(|| RecordId::new(last.end - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(appended: &Appended) -> Vec<u64> {
        appended.record_ids().map(RecordId::get).collect()
    }

    #[test]
    fn ids_of_several_appends_are_kept_where_others_wrote_in_between() {
        let one = |first, len| Appended::with_ids(RecordId::new(first), len);
        let appended = Appended::default().and(one(3, 2)).and(one(5, 1));
        assert_eq!(appended, one(3, 3));
        let appended = appended.and(one(9, 2)).and(one(11, 1));
        assert_eq!(ids(&appended), [3, 4, 5, 9, 10, 11]);
        assert_eq!(appended.len(), 6);
        assert_eq!(appended.last(), Some(RecordId::new(11)));
    }

    #[test]
    fn nothing_has_no_ids() {
        for nothing in [
            Appended::default(),
            Appended::without_ids(2),
            Appended::with_ids(RecordId::new(7), 0),
        ] {
            assert_eq!(ids(&nothing), [0; 0]);
            assert_eq!(nothing.last(), None);
        }
    }
}
