//! Stores a date with a time as Python does: `#[serde(with = "es::json::datetime")]` on a field of
//! type [`jiff::civil::DateTime`], or an `Option` or `Vec` of it.
//!
//! Python calls such a value naive. A date and time with an offset from UTC is an
//! [`OffsetDateTime`](super::OffsetDateTime), which needs no adapter.
//!
//! ```
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Landed {
//!     #[serde(with = "es_json::datetime")]
//!     at: jiff::civil::DateTime,
//! }
//!
//! let landed = Landed { at: jiff::civil::date(1969, 7, 20).at(20, 17, 40, 0) };
//! let text = es_json::to_string(&landed)?;
//! assert_eq!(text, r#"{"at":{"ISO8601_datetime":"1969-07-20T20:17:40.000000"}}"#);
//! # Ok::<(), es_json::Error>(())
//! ```

use jiff::{civil, tz};
use serde::ser::Error as _;
use serde::{Deserializer, Serializer};

use super::civil::{DATETIME_PROBLEM, Date, DateTime, FIRST_YEAR, Time};
use super::tagged::{TaggedType, read_str, with_functions};
use super::time::TOO_FINE;

type Problem = &'static str;

with_functions!(civil::DateTime);

impl TaggedType for civil::DateTime {
    const KEY: &'static str = "ISO8601_datetime";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let datetime = from_jiff(*self, None).map_err(S::Error::custom)?;
        serializer.collect_str(&datetime)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, |text| match parse(text)? {
            (datetime, None) => Ok(datetime),
            (_, Some(_)) => Err("the time has an offset from UTC: read it as an `OffsetDateTime`"),
        })
    }
}

/// Converts a date and time. Refuses values that Python would write but could not read back
/// unchanged.
pub(super) fn from_jiff(
    datetime: civil::DateTime,
    offset: Option<tz::Offset>,
) -> Result<DateTime, Problem> {
    let date = Date::from_jiff(datetime.date()).filter(|date| date.year >= FIRST_YEAR);
    let offset = match offset.map(tz::Offset::seconds) {
        Some(seconds) if seconds % 60 != 0 || seconds.abs() >= 24 * 3600 => {
            return Err("Python reads only offsets of whole minutes and less than a day");
        }
        seconds => seconds.map(|seconds| seconds / 60),
    };
    Ok(DateTime {
        date: date.ok_or("Python does not read dates with times before the year 100")?,
        time: Time::from_jiff(datetime.time()).ok_or(TOO_FINE)?,
        offset,
    })
}

pub(super) fn parse(text: &str) -> Result<(civil::DateTime, Option<tz::Offset>), Problem> {
    let DateTime { date, time, offset } = DateTime::parse(text).ok_or(DATETIME_PROBLEM)?;
    let (Some(date), Some(time)) = (date.to_jiff(), time.to_jiff()) else {
        return Err(DATETIME_PROBLEM);
    };
    let offset = offset.map(|minutes| tz::Offset::from_seconds(minutes * 60));
    let offset = offset.transpose().map_err(|_| DATETIME_PROBLEM)?;
    Ok((date.to_datetime(time), offset))
}
