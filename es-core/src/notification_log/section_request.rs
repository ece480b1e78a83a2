//! Requests for sections, and their text in URLs.

use std::fmt;
use std::str::FromStr;

use es_store::RecordId;

use super::section_id::{SectionId, parse_record_id};
use super::section_size::SectionSize;
use crate::error::NotificationError;

/// A reference to a section, as it stands in a URL: `current`, or two numbers with a comma.
///
/// Only the first number counts, as in Python: it refers to the section that covers this record
/// id. In a log with sections of 20, `5,6` refers to the section `1,20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionRef {
    /// The section of the last notification; the first section if there are no notifications.
    Current,
    /// The section that covers this record id.
    Containing(RecordId),
}

impl fmt::Display for SectionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Containing(record_id) => write!(f, "{record_id},{record_id}"),
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
            Some((first, second)) if !second.contains(',') => {
                parse_record_id(first).map(Self::Containing)
            }
            _ => None,
        }
        .ok_or_else(|| NotificationError::invalid_section_id(text))
    }
}

/// A request to a notification log: a section and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SectionRequest {
    /// The section.
    pub section: SectionRef,
    /// The preferred size; `None` for the log's own. A log that does not support the size answers
    /// with its own: the id of the answer shows the size.
    pub size: Option<SectionSize>,
}

impl SectionRequest {
    /// Creates a request for the current section, in the log's own size.
    #[must_use]
    pub const fn current() -> Self {
        Self {
            section: SectionRef::Current,
            size: None,
        }
    }

    /// Creates a request for the section that covers a record id, in the log's own size.
    #[must_use]
    pub fn containing(record_id: impl Into<RecordId>) -> Self {
        Self {
            section: SectionRef::Containing(record_id.into()),
            size: None,
        }
    }

    /// Sets the preferred size.
    #[must_use]
    pub const fn with_size(mut self, size: SectionSize) -> Self {
        self.size = Some(size);
        self
    }

    /// Returns the id of the requested section, given the log's last record id and the size.
    #[must_use]
    pub const fn resolve(self, last: RecordId, size: SectionSize) -> SectionId {
        match self.section {
            SectionRef::Current => SectionId::containing(last, size),
            SectionRef::Containing(record_id) => SectionId::containing(record_id, size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_number_of_a_request_counts() {
        for (text, number) in [("1,20", 1), ("5,6", 5), ("7,", 7), ("7,x", 7), ("007,1", 7)] {
            let section: SectionRef = text.parse().unwrap();
            let expected = SectionRef::Containing(RecordId::new(number));
            assert_eq!(section, expected, "{text}");
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
    fn the_current_section_holds_the_last_notification() {
        let current = |last| {
            SectionRequest::current()
                .resolve(RecordId::new(last), SectionSize::DEFAULT)
                .to_string()
        };
        assert_eq!(
            [0, 1, 20, 21, 40].map(current),
            ["1,20", "1,20", "1,20", "21,40", "21,40"]
        );
    }
}
