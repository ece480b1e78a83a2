//! Section ids: the only code that computes the first and the last record id of a section.

use std::fmt;
use std::str::FromStr;

use es_store::RecordId;

use super::section_size::SectionSize;
use crate::error::NotificationError;

/// The greatest record id of a request: every store keeps record ids as signed 64-bit integers.
const MAX_RECORD_ID: u64 = i64::MAX as u64;

/// The range of record ids that a section covers, written with both ends: `1,20`, `21,40`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId {
    first: RecordId,
    last: RecordId,
}

impl SectionId {
    /// Returns the section of this size that covers a record id. [`RecordId::ZERO`] is treated as
    /// the first record id.
    #[must_use]
    pub const fn containing(record_id: RecordId, size: SectionSize) -> Self {
        let index = record_id.previous().get();
        let first = RecordId::new(index - index % size.get() + 1);
        Self {
            first,
            last: first.saturating_add(size.get() - 1),
        }
    }

    /// Returns the first record id of the section.
    #[must_use]
    pub const fn first(self) -> RecordId {
        self.first
    }

    /// Returns the last record id of the section, whether or not the section is full yet.
    #[must_use]
    pub const fn last(self) -> RecordId {
        self.last
    }

    /// Returns the number of notifications that the section has room for.
    #[must_use]
    pub const fn width(self) -> u64 {
        self.last.count_since(self.first).saturating_add(1)
    }

    /// Returns the section before this one; `None` for the first section.
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match self.first.get().checked_sub(self.width()) {
            None | Some(0) => None,
            Some(first) => Some(Self {
                first: RecordId::new(first),
                last: self.first.previous(),
            }),
        }
    }

    /// Returns the section after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self {
            first: self.last.next(),
            last: self.last.saturating_add(self.width()),
        }
    }

    /// Returns whether the section covers a record id.
    #[must_use]
    pub const fn contains(self, record_id: RecordId) -> bool {
        self.first.get() <= record_id.get() && record_id.get() <= self.last.get()
    }
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.first, self.last)
    }
}

/// Parses the id that a section contains. The text of a request is a
/// [`SectionRef`](super::section_request::SectionRef).
impl FromStr for SectionId {
    type Err = NotificationError;

    fn from_str(text: &str) -> Result<Self, NotificationError> {
        let invalid = || NotificationError::invalid_section_id(text);
        let (first, last) = text.split_once(',').ok_or_else(invalid)?;
        let id = Self {
            first: parse_record_id(first).ok_or_else(invalid)?,
            last: parse_record_id(last).ok_or_else(invalid)?,
        };
        if id.first > id.last {
            return Err(invalid());
        }
        Ok(id)
    }
}

/// Parses a record id of decimal digits alone. `u64::from_str` also accepts a plus sign.
pub(super) fn parse_record_id(text: &str) -> Option<RecordId> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.parse().ok().filter(|_| is_decimal)?;
    (1..=MAX_RECORD_ID)
        .contains(&id)
        .then_some(RecordId::new(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(size: u64) -> SectionSize {
        SectionSize::new(size).unwrap()
    }

    fn containing(record_id: u64, of: u64) -> SectionId {
        SectionId::containing(RecordId::new(record_id), size(of))
    }

    fn id(record_id: u64, of: u64) -> String {
        containing(record_id, of).to_string()
    }

    #[test]
    fn sections_begin_with_one_and_touch_each_other() {
        assert_eq!((id(1, 20), id(20, 20)), ("1,20".into(), "1,20".into()));
        assert_eq!((id(21, 20), id(5, 1)), ("21,40".into(), "5,5".into()));
        for of in [1, 2, 5, 7, 20, 1_000] {
            let mut section = containing(1, of);
            assert_eq!(section.previous(), None);
            for record_id in (1..=3_000).map(RecordId::new) {
                if record_id > section.last() {
                    assert_eq!(section.next().previous(), Some(section));
                    section = section.next();
                }
                assert_eq!(SectionId::containing(record_id, size(of)), section);
                assert_eq!((section.contains(record_id), section.width()), (true, of));
            }
        }
    }

    #[test]
    fn no_record_id_overflows() {
        let last = SectionId::containing(RecordId::MAX, size(1_000));
        assert!(last.contains(RecordId::MAX) && last.next().last() == RecordId::MAX);
        assert!(last.previous().is_some());
        assert_eq!(id(0, 20), "1,20");
    }

    #[test]
    fn the_id_of_a_section_is_two_record_ids_in_order() {
        assert_eq!("21,40".parse::<SectionId>().unwrap(), containing(30, 20));
        for text in ["current", "20,1", "1,", "0,19", "1,2,3"] {
            assert!(text.parse::<SectionId>().is_err(), "{text}");
        }
    }
}
