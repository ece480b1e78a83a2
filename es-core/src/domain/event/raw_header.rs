//! The header of an event as it is read from a text, before any check.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use es_json as json;
use es_json::{ObjectReader, Value, ValueDeserializer};
use es_store::Timestamp;
use serde::de::{Deserialize, DeserializeOwned, IgnoredAny};
use uuid::Uuid;

use super::decode;
use super::keys::{
    EVENT_VERSION_KEY, ID_KEY, METADATA_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY, TIMESTAMP_KEY,
    TOPIC_KEY, VERSION_KEY,
};
use super::metadata::Metadata;
use super::stored_values::{StoredString, StoredTime, StoredUuid};
use crate::domain::integrity::{EventHash, HASH_KEY};

/// The values of the library's keys in the text of an event. A missing key is `None`.
#[derive(Debug, Default)]
pub struct RawHeader<'de> {
    pub(crate) hash: Option<Cow<'de, str>>,
    pub(crate) topic: Option<Cow<'de, str>>,
    pub(crate) event_version: Option<u32>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) previous: Option<Cow<'de, str>>,
    /// The originator id.
    pub id: Option<Uuid>,
    /// The topic of the aggregate's type. Only the first event has it.
    pub originator_topic: Option<Cow<'de, str>>,
    pub(crate) version: Option<i64>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl<'de> RawHeader<'de> {
    /// Reads the header and skips the payload.
    pub fn parse(text: &'de str) -> Result<Self, json::Error> {
        let mut header = Self::default();
        decode::read::<IgnoredAny>(text, &mut header)?;
        Ok(header)
    }

    /// Reads the values of the keys with which most texts begin.
    pub(crate) fn read_leading_keys(
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

    /// Reads the value of a key if the key is one of the library's. Returns whether it is.
    pub(crate) fn read_key(
        &mut self,
        key: &str,
        entries: &mut ObjectReader<'de>,
    ) -> Result<bool, serde_json::Error> {
        // Rejects most keys of payloads at once.
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

    /// Splits an object into the header and the payload.
    pub(crate) fn from_object(mut object: Value) -> Result<(Self, Value), json::Error> {
        let mut header = Self::default();
        if let Value::Object(entries) = &mut object {
            header.hash = remove(entries, HASH_KEY)?;
            header.topic = remove(entries, TOPIC_KEY)?;
            header.event_version = remove(entries, EVENT_VERSION_KEY)?;
            header.metadata = remove(entries, METADATA_KEY)?;
            header.previous = remove(entries, PREVIOUS_KEY)?;
            header.originator_topic = remove(entries, ORIGINATOR_TOPIC_KEY)?;
            header.version = remove(entries, VERSION_KEY)?;
            header.id = remove(entries, ID_KEY)?.map(|StoredUuid(id)| id);
            header.timestamp = remove(entries, TIMESTAMP_KEY)?.map(|StoredTime(time)| time);
        }
        Ok((header, object))
    }
}

fn remove<T: DeserializeOwned>(
    entries: &mut BTreeMap<String, Value>,
    key: &str,
) -> Result<Option<T>, json::Error> {
    let value = entries.remove(key);
    let value = value.map(|value| T::deserialize(ValueDeserializer(value)));
    value.transpose().map_err(|error| error.inside(key))
}

pub(super) fn value<'de, T: Deserialize<'de>>(
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
