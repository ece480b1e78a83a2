//! Dates with times and offsets from UTC.

use jiff::{civil, tz};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::datetime::{from_jiff, parse};
use super::tagged::{self, TaggedType, read_str};

/// A date with a time and an offset from UTC of whole minutes: Python's aware `datetime`.
///
/// ```
/// use es_json::{OffsetDateTime, from_str, to_string};
///
/// let at = OffsetDateTime {
///     datetime: jiff::civil::date(2018, 1, 25).at(12, 34, 56, 789_000),
///     offset: jiff::tz::offset(1),
/// };
/// let text = r#"{"ISO8601_datetime":"2018-01-25T12:34:56.000789+0100"}"#;
/// assert_eq!(to_string(&at)?, text);
/// assert_eq!(from_str::<OffsetDateTime>(text)?, at);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OffsetDateTime {
    /// The local date and time.
    pub datetime: civil::DateTime,
    /// The offset of the local time from UTC; positive east of Greenwich.
    pub offset: tz::Offset,
}

impl TaggedType for OffsetDateTime {
    const KEY: &'static str = "ISO8601_datetime";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let datetime = from_jiff(self.datetime, Some(self.offset)).map_err(S::Error::custom)?;
        serializer.collect_str(&datetime)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, |text| match parse(text)? {
            (datetime, Some(offset)) => Ok(Self { datetime, offset }),
            (_, None) => {
                Err("the time has no offset from UTC: read it as a `jiff::civil::DateTime`")
            }
        })
    }
}

impl Serialize for OffsetDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tagged::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for OffsetDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
    }
}
