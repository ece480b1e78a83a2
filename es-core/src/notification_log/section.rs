//! Section ids and the arithmetic of sections. No other place knows where a section begins or ends.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use super::notification::SectionItem;
use crate::error::NotificationError;

/// The greatest number that can be asked for: record ids are signed 64-bit integers in every store.
const MAX_NUMBER: u64 = i64::MAX as u64;

/// How many notifications a full section holds: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionSize(NonZeroU32);

impl SectionSize {
    /// The size that the format's documentation uses: 20.
    pub const CLASSIC: Self = Self::known(20);
    /// The largest size, which followers read fastest: 1,000.
    pub const LARGEST: Self = Self::known(1_000);

    const fn known(size: u32) -> Self {
        match NonZeroU32::new(size) {
            Some(size) => Self(size),
            None => panic!("a section holds at least one notification"),
        }
    }

    /// From the number.
    ///
    /// # Errors
    ///
    /// [`NotificationError::InvalidSectionSize`] where it is 0 or above 1,000.
    pub fn new(size: u64) -> Result<Self, NotificationError> {
        u32::try_from(size)
            .ok()
            .and_then(NonZeroU32::new)
            .map(Self)
            .filter(|size| *size <= Self::LARGEST)
            .ok_or(NotificationError::InvalidSectionSize { size })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get() as u64
    }
}

impl Default for SectionSize {
    fn default() -> Self {
        Self::CLASSIC
    }
}

/// The numbers of the notifications that a section is for, the first and the last: `1,20`, `21,40`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId {
    first: u64,
    last: u64,
}

impl SectionId {
    /// The section of this size that holds the notification of this number; numbers begin with 1.
    #[must_use]
    pub const fn containing(number: u64, size: SectionSize) -> Self {
        let index = number.saturating_sub(1);
        let first = index - index % size.get() + 1;
        Self {
            first,
            last: first.saturating_add(size.get() - 1),
        }
    }

    /// The number of the first notification.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The number of the last notification, once the section is full.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.last
    }

    /// How many notifications the section has room for.
    #[must_use]
    pub const fn width(self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    /// The section before, but for the first.
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        match self.first.checked_sub(self.width()) {
            None | Some(0) => None,
            Some(first) => Some(Self {
                first,
                last: self.first - 1,
            }),
        }
    }

    /// The section after.
    #[must_use]
    pub const fn next(self) -> Self {
        let first = self.last.saturating_add(1);
        Self {
            first,
            last: self.last.saturating_add(self.width()),
        }
    }

    /// Whether the notification of this number belongs here.
    #[must_use]
    pub const fn contains(self, number: u64) -> bool {
        self.first <= number && number <= self.last
    }
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.first, self.last)
    }
}

/// Reads the id of a section as it stands in one; what may be asked for is a [`SectionRef`].
impl FromStr for SectionId {
    type Err = NotificationError;

    fn from_str(text: &str) -> Result<Self, NotificationError> {
        let invalid = || NotificationError::invalid_section_id(text);
        let (first, last) = text.split_once(',').ok_or_else(invalid)?;
        let id = Self {
            first: number(first).ok_or_else(invalid)?,
            last: number(last).ok_or_else(invalid)?,
        };
        if id.first > id.last {
            return Err(invalid());
        }
        Ok(id)
    }
}

/// Which section is asked for.
///
/// Its text is `current`, or two numbers with a comma, of which only the first counts: it names the section that holds
/// the notification of that number. `5,6` of a log with sections of 20 is `1,20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionRef {
    /// The section of the last notification; the first section, as long as there is none.
    Current,
    /// The section that holds the notification of this number.
    Containing(u64),
}

impl fmt::Display for SectionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Containing(number) => write!(f, "{number},{number}"),
        }
    }
}

impl FromStr for SectionRef {
    type Err = NotificationError;

    fn from_str(text: &str) -> Result<Self, NotificationError> {
        if text == "current" {
            return Ok(Self::Current);
        }
        match text.split_once(',') {
            Some((first, second)) if !second.contains(',') => number(first).map(Self::Containing),
            _ => None,
        }
        .ok_or_else(|| NotificationError::invalid_section_id(text))
    }
}

/// A number from 1, in decimal digits alone.
fn number(text: &str) -> Option<u64> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_decimal)?;
    (1..=MAX_NUMBER).contains(&number).then_some(number)
}

/// What a log is asked: which section, and of what size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SectionRequest {
    /// Which section.
    pub section: SectionRef,
    /// The size wished for; the log's own, where it is `None` or the log cannot do it. The answer's id tells.
    pub size: Option<SectionSize>,
}

impl SectionRequest {
    /// The current section, of the log's own size.
    #[must_use]
    pub const fn current() -> Self {
        Self {
            section: SectionRef::Current,
            size: None,
        }
    }

    /// The section that holds the notification of this number, of the log's own size.
    #[must_use]
    pub const fn containing(number: u64) -> Self {
        Self {
            section: SectionRef::Containing(number),
            size: None,
        }
    }

    /// With sections of another size.
    #[must_use]
    pub const fn of_size(mut self, size: SectionSize) -> Self {
        self.size = Some(size);
        self
    }

    /// The section asked for, in a log that has `count` notifications so far and this size of sections.
    #[must_use]
    pub fn resolve(self, count: u64, size: SectionSize) -> SectionId {
        match self.section {
            SectionRef::Current => SectionId::containing(count, size),
            SectionRef::Containing(number) => SectionId::containing(number, size),
        }
    }
}

/// A part of a notification log, linked to its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<N> {
    /// The numbers that it is for.
    pub id: SectionId,
    /// What is there, in order.
    pub items: Vec<N>,
    /// The section before, but for the first.
    pub previous: Option<SectionId>,
    /// The section after, as soon as this one is archived.
    pub next: Option<SectionId>,
}

/// Whether more can come into a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// More can come.
    Open,
    /// Its last number is taken: nothing comes any more.
    Archived,
}

impl<N> Section<N> {
    /// With the links that its id and its growth make.
    #[must_use]
    pub fn new(id: SectionId, items: Vec<N>, growth: Growth) -> Self {
        Self {
            id,
            items,
            previous: id.previous(),
            next: (growth == Growth::Archived).then(|| id.next()),
        }
    }

    /// Whether nothing comes into it any more, which is when it has a next one.
    #[must_use]
    pub const fn is_archived(&self) -> bool {
        self.next.is_some()
    }
}

impl<N: SectionItem> Section<N> {
    /// Whether its text never changes again: it is archived, and has no hole that may be filled.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_archived() && !self.items.iter().any(SectionItem::is_hole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(size: u64) -> SectionSize {
        SectionSize::new(size).unwrap()
    }

    fn id(number: u64, of: u64) -> String {
        SectionId::containing(number, size(of)).to_string()
    }

    #[test]
    fn sections_begin_with_one_and_touch_each_other() {
        assert_eq!((id(1, 20), id(20, 20)), ("1,20".into(), "1,20".into()));
        assert_eq!((id(21, 20), id(5, 1)), ("21,40".into(), "5,5".into()));
        for of in [1, 2, 5, 7, 20, 1_000] {
            let mut section = SectionId::containing(1, size(of));
            assert_eq!(section.previous(), None);
            for number in 1..=3_000 {
                if number > section.last() {
                    assert_eq!(section.next().previous(), Some(section));
                    section = section.next();
                }
                assert_eq!(SectionId::containing(number, size(of)), section);
                assert_eq!((section.contains(number), section.width()), (true, of));
            }
        }
    }

    #[test]
    fn no_number_overflows() {
        let last = SectionId::containing(u64::MAX, size(1_000));
        assert!(last.contains(u64::MAX) && last.next().last() == u64::MAX);
        assert!(last.previous().is_some());
        assert_eq!(SectionId::containing(0, size(20)).to_string(), "1,20");
    }

    #[test]
    fn only_the_first_number_asked_for_counts() {
        for (text, number) in [("1,20", 1), ("5,6", 5), ("7,", 7), ("7,x", 7), ("007,1", 7)] {
            let asked: SectionRef = text.parse().unwrap();
            assert_eq!(asked, SectionRef::Containing(number), "{text}");
        }
        let current: SectionRef = "current".parse().unwrap();
        assert_eq!(current, SectionRef::Current);
        for text in [
            "",
            "1",
            "1,2,3",
            ",",
            "a,b",
            "-19,0",
            "0,19",
            "+1,2",
            " 1,2",
            "1.5,2",
            "Current",
            "9223372036854775808,1",
            "99999999999999999999999999,1",
        ] {
            assert!(text.parse::<SectionRef>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_id_of_a_section_is_two_numbers_in_order() {
        assert_eq!(
            "21,40".parse::<SectionId>().unwrap(),
            SectionId::containing(30, size(20))
        );
        for text in ["current", "20,1", "1,", "0,19", "1,2,3"] {
            assert!(text.parse::<SectionId>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_current_section_holds_the_last_notification() {
        let current = |count| {
            SectionRequest::current()
                .resolve(count, size(20))
                .to_string()
        };
        assert_eq!(
            [0, 1, 20, 21, 40].map(current),
            ["1,20", "1,20", "1,20", "21,40", "21,40"]
        );
    }

    #[test]
    fn a_size_is_1_to_1000() {
        assert!(SectionSize::new(1).is_ok() && SectionSize::new(1_000).is_ok());
        assert!(SectionSize::new(0).is_err() && SectionSize::new(1_001).is_err());
        assert!(SectionSize::new(u64::MAX).is_err());
    }
}
