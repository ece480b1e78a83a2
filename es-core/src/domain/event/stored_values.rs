//! The stored forms of the library's values.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use es_json::ObjectReader;
use es_store::Timestamp;
use serde::de::{Deserialize, Deserializer, Visitor};
use uuid::Uuid;

use super::raw_header::value;

/// A string, which is borrowed if its text has no escapes.
pub(crate) struct StoredString<'de>(pub(crate) Cow<'de, str>);

impl<'de: 'a, 'a> Deserialize<'de> for StoredString<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StringVisitor;

        impl<'de> Visitor<'de> for StringVisitor {
            type Value = StoredString<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<StoredString<'de>, E> {
                Ok(StoredString(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<StoredString<'de>, E> {
                Ok(StoredString(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<StoredString<'de>, E> {
                Ok(StoredString(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(StringVisitor)
    }
}

/// A UUID, stored as `{"UUID":"…"}`.
pub(crate) struct StoredUuid(pub(crate) Uuid);

/// A time, stored as `{"__decimal__":"…"}`.
pub(crate) struct StoredTime(pub(crate) Timestamp);

impl StoredUuid {
    pub(super) fn read(entries: &mut ObjectReader<'_>) -> Result<Self, serde_json::Error> {
        match entries.plain_string_under("UUID") {
            Some(text) => parse(text).map(Self),
            None => value(entries),
        }
    }
}

impl StoredTime {
    pub(super) fn read(entries: &mut ObjectReader<'_>) -> Result<Self, serde_json::Error> {
        match entries.plain_string_under("__decimal__") {
            Some(text) => parse(text).map(Self),
            None => value(entries),
        }
    }
}

#[derive(serde::Deserialize)]
struct UuidObject<'a> {
    #[serde(rename = "UUID", borrow)]
    text: StoredString<'a>,
}

#[derive(serde::Deserialize)]
struct DecimalObject<'a> {
    #[serde(rename = "__decimal__", borrow)]
    text: StoredString<'a>,
}

impl<'de> Deserialize<'de> for StoredUuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(&UuidObject::deserialize(deserializer)?.text.0).map(Self)
    }
}

impl<'de> Deserialize<'de> for StoredTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(&DecimalObject::deserialize(deserializer)?.text.0).map(Self)
    }
}

fn parse<T: FromStr<Err: fmt::Display>, E: serde::de::Error>(text: &str) -> Result<T, E> {
    text.parse().map_err(E::custom)
}
