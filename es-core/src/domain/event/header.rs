//! What the library adds to an event, as it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use es_json as json;
use es_json::{ObjectReader, Value, ValueDeserializer};
use es_store::Timestamp;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, Visitor};
use uuid::Uuid;

use super::decode;
use super::keys::{
    EVENT_VERSION_KEY, HASH_KEY, ID_KEY, METADATA_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY,
    TIMESTAMP_KEY, TOPIC_KEY, VERSION_KEY,
};
use super::metadata::Metadata;
use crate::domain::integrity::EventHash;

/// The keys that the library adds, as they stand in the text. What is missing stays `None`.
#[derive(Debug, Default)]
pub struct Header<'de> {
    pub(crate) hash: Option<Cow<'de, str>>,
    pub(crate) topic: Option<Cow<'de, str>>,
    pub(crate) event_version: Option<u32>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) previous: Option<Cow<'de, str>>,
    pub id: Option<Uuid>,
    pub originator_topic: Option<Cow<'de, str>>,
    pub(crate) version: Option<i64>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl<'de> Header<'de> {
    /// The header alone; the payload is passed over.
    pub fn parse(text: &'de str) -> Result<Self, json::Error> {
        let mut header = Self::default();
        decode::read::<IgnoredAny>(text, &mut header)?;
        Ok(header)
    }

    /// Takes the values of the keys with which most texts begin.
    pub(crate) fn begin(
        &mut self,
        entries: &mut ObjectReader<'de>,
    ) -> Result<(), serde_json::Error> {
        if entries.take_key(HASH_KEY) {
            self.hash = Some(hash(entries)?);
        }
        if entries.take_key(TOPIC_KEY) {
            self.topic = Some(text(entries)?);
        }
        if entries.take_key(PREVIOUS_KEY) {
            self.previous = Some(hash(entries)?);
        }
        Ok(())
    }

    /// Takes the value of a key, if it is one of the library; says whether it was.
    pub(crate) fn take(
        &mut self,
        key: &str,
        entries: &mut ObjectReader<'de>,
    ) -> Result<bool, serde_json::Error> {
        // Most keys of payloads begin otherwise.
        if !matches!(key.as_bytes().first(), Some(b'_' | b'o' | b't')) {
            return Ok(false);
        }
        match key {
            HASH_KEY => self.hash = Some(hash(entries)?),
            TOPIC_KEY => self.topic = Some(text(entries)?),
            EVENT_VERSION_KEY => self.event_version = Some(value(entries)?),
            METADATA_KEY => self.metadata = Some(value(entries)?),
            PREVIOUS_KEY => self.previous = Some(hash(entries)?),
            ORIGINATOR_TOPIC_KEY => self.originator_topic = Some(text(entries)?),
            VERSION_KEY => self.version = Some(value(entries)?),
            ID_KEY => self.id = Some(StoredUuid::read(entries)?.0),
            TIMESTAMP_KEY => self.timestamp = Some(StoredTime::read(entries)?.0),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The header, and what is left for the payload.
    pub(crate) fn split(mut object: Value) -> Result<(Self, Value), json::Error> {
        let mut header = Self::default();
        if let Value::Object(entries) = &mut object {
            header.hash = taken(entries, HASH_KEY)?;
            header.topic = taken(entries, TOPIC_KEY)?;
            header.event_version = taken(entries, EVENT_VERSION_KEY)?;
            header.metadata = taken(entries, METADATA_KEY)?;
            header.previous = taken(entries, PREVIOUS_KEY)?;
            header.originator_topic = taken(entries, ORIGINATOR_TOPIC_KEY)?;
            header.version = taken(entries, VERSION_KEY)?;
            header.id = taken(entries, ID_KEY)?.map(|StoredUuid(id)| id);
            header.timestamp = taken(entries, TIMESTAMP_KEY)?.map(|StoredTime(time)| time);
        }
        Ok((header, object))
    }
}

fn taken<T: DeserializeOwned>(
    entries: &mut BTreeMap<String, Value>,
    key: &str,
) -> Result<Option<T>, json::Error> {
    let value = entries.remove(key);
    let value = value.map(|value| T::deserialize(ValueDeserializer(value)));
    value.transpose().map_err(|error| error.inside(key))
}

fn value<'de, T: Deserialize<'de>>(
    entries: &mut ObjectReader<'de>,
) -> Result<T, serde_json::Error> {
    entries.next_value(PhantomData)
}

fn hash<'de>(entries: &mut ObjectReader<'de>) -> Result<Cow<'de, str>, serde_json::Error> {
    match entries.plain_string_of_len::<{ EventHash::LEN }>() {
        Some(hash) => Ok(Cow::Borrowed(hash)),
        None => text(entries),
    }
}

fn text<'de>(entries: &mut ObjectReader<'de>) -> Result<Cow<'de, str>, serde_json::Error> {
    match entries.plain_string() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => value(entries).map(|StoredString(text)| text),
    }
}

/// A string, borrowed where its text has no escapes.
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

/// `{"UUID":"…"}`
pub(crate) struct StoredUuid(pub(crate) Uuid);

/// `{"__decimal__":"…"}`
pub(crate) struct StoredTime(pub(crate) Timestamp);

impl StoredUuid {
    fn read(entries: &mut ObjectReader<'_>) -> Result<Self, serde_json::Error> {
        match entries.plain_string_under("UUID") {
            Some(text) => parse(text).map(Self),
            None => value(entries),
        }
    }
}

impl StoredTime {
    fn read(entries: &mut ObjectReader<'_>) -> Result<Self, serde_json::Error> {
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
