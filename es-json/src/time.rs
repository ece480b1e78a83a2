//! Stores a time of day as Python does: `#[serde(with = "es::json::time")]` on a field of type
//! [`jiff::civil::Time`], or an `Option` or `Vec` of it.
//!
//! ```
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Opened {
//!     #[serde(with = "es_json::time")]
//!     at: jiff::civil::Time,
//! }
//!
//! let opened = Opened { at: jiff::civil::time(9, 30, 0, 0) };
//! assert_eq!(es_json::to_string(&opened)?, r#"{"at":{"ISO8601_time":"09:30:00.000000"}}"#);
//! # Ok::<(), es_json::Error>(())
//! ```

use jiff::civil;
use serde::ser::Error as _;
use serde::{Deserializer, Serializer};

use super::civil::{TIME_PROBLEM, Time};
use super::tagged::{TaggedType, read_str, with_functions};

pub(super) const TOO_FINE: &str = "Python's times end at the microsecond: round the time first";

with_functions!(civil::Time);

impl TaggedType for civil::Time {
    const KEY: &'static str = "ISO8601_time";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Time::from_jiff(*self);
        serializer.collect_str(&time.ok_or_else(|| S::Error::custom(TOO_FINE))?)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, |text| {
            let time = Time::parse(text);
            time.and_then(Time::to_jiff).ok_or(TIME_PROBLEM)
        })
    }
}

impl Time {
    pub(super) fn from_jiff(time: civil::Time) -> Option<Self> {
        let nanosecond = time.subsec_nanosecond().unsigned_abs();
        if !nanosecond.is_multiple_of(1_000) {
            return None;
        }
        Self::new(
            time.hour().unsigned_abs().into(),
            time.minute().unsigned_abs().into(),
            time.second().unsigned_abs().into(),
            nanosecond / 1_000,
        )
    }

    pub(super) fn to_jiff(self) -> Option<civil::Time> {
        let narrow = |value: u32| i8::try_from(value).ok();
        let nanosecond = i32::try_from(self.microsecond * 1_000).ok()?;
        civil::Time::new(
            narrow(self.hour)?,
            narrow(self.minute)?,
            narrow(self.second)?,
            nanosecond,
        )
        .ok()
    }
}
