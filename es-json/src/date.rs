//! Stores a date as Python does: `#[serde(with = "es::json::date")]` on a field of type
//! [`jiff::civil::Date`], or an `Option` or `Vec` of it.
//!
//! ```
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Born {
//!     #[serde(with = "es_json::date")]
//!     on: jiff::civil::Date,
//! }
//!
//! let born: Born = es_json::from_str(r#"{"on":{"ISO8601_date":"2018-1-25"}}"#)?;
//! assert_eq!(es_json::to_string(&born)?, r#"{"on":{"ISO8601_date":"2018-01-25"}}"#);
//! # Ok::<(), es_json::Error>(())
//! ```

use jiff::civil;
use serde::ser::Error as _;
use serde::{Deserializer, Serializer};

use super::civil::{DATE_PROBLEM, Date};
use super::tagged::{TaggedType, read_str, with_functions};

with_functions!(civil::Date);

impl TaggedType for civil::Date {
    const KEY: &'static str = "ISO8601_date";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let date = Date::from_jiff(*self);
        let date = date.ok_or_else(|| S::Error::custom("Python has no dates before the year 1"))?;
        serializer.collect_str(&date)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, |text| {
            let date = Date::parse(text);
            date.and_then(Date::to_jiff).ok_or(DATE_PROBLEM)
        })
    }
}

impl Date {
    pub(super) fn from_jiff(date: civil::Date) -> Option<Self> {
        let year = u32::try_from(date.year()).ok()?;
        Self::new(
            year,
            date.month().unsigned_abs().into(),
            date.day().unsigned_abs().into(),
        )
    }

    pub(super) fn to_jiff(self) -> Option<civil::Date> {
        let (month, day) = (i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?);
        civil::Date::new(i16::try_from(self.year).ok()?, month, day).ok()
    }
}
