//! Decoding in one pass: the library's keys are tapped off on the way to the payload's own visitor, which never sees
//! them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use uuid::Uuid;

use super::{EventHash, Metadata};
use crate::json::{self, ObjectText, Value, ValueDeserializer};
use crate::keys::{
    EVENT_VERSION_KEY, HASH_KEY, ID_KEY, METADATA_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY,
    TIMESTAMP_KEY, TOPIC_KEY, VERSION_KEY,
};
use crate::time::Timestamp;

/// The keys that the library adds, as they stand in the text. What is missing stays `None`.
#[derive(Debug, Default)]
pub(crate) struct Header<'de> {
    pub(crate) hash: Option<Cow<'de, str>>,
    pub(crate) topic: Option<Cow<'de, str>>,
    pub(crate) event_version: Option<u32>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) previous: Option<Cow<'de, str>>,
    pub(crate) id: Option<Uuid>,
    pub(crate) originator_topic: Option<Cow<'de, str>>,
    pub(crate) version: Option<i64>,
    pub(crate) timestamp: Option<Timestamp>,
}

impl<'de> Header<'de> {
    /// The header alone; the payload is passed over.
    pub(crate) fn of(text: &'de str) -> Result<Self, json::Error> {
        let mut header = Self::default();
        read::<IgnoredAny>(text, &mut header)?;
        Ok(header)
    }

    /// Takes the values of the keys with which most texts begin.
    fn begin(&mut self, entries: &mut ObjectText<'de>) -> Result<(), serde_json::Error> {
        for key in [HASH_KEY, TOPIC_KEY, PREVIOUS_KEY] {
            if entries.key_is(key) {
                self.take(key, entries)?;
            }
        }
        Ok(())
    }

    /// Takes the value of a key, if it is one of the library; says whether it was.
    fn take(
        &mut self,
        key: &str,
        entries: &mut ObjectText<'de>,
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
    fn split(mut object: Value) -> Result<(Self, Value), json::Error> {
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

fn value<'de, T: Deserialize<'de>>(entries: &mut ObjectText<'de>) -> Result<T, serde_json::Error> {
    entries.value(PhantomData)
}

fn hash<'de>(entries: &mut ObjectText<'de>) -> Result<Cow<'de, str>, serde_json::Error> {
    match entries.plain_of::<{ EventHash::LEN }>() {
        Some(hash) => Ok(Cow::Borrowed(hash)),
        None => text(entries),
    }
}

fn text<'de>(entries: &mut ObjectText<'de>) -> Result<Cow<'de, str>, serde_json::Error> {
    match entries.plain() {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => value(entries).map(|Text(text)| text),
    }
}

/// Reads a payload, and the header on the way.
pub(crate) fn payload<'de, E: DeserializeOwned>(
    text: &'de str,
    header: &mut Header<'de>,
) -> Result<E, json::Error> {
    read(text, header)
}

fn read<'de, T: Deserialize<'de>>(
    text: &'de str,
    header: &mut Header<'de>,
) -> Result<T, json::Error> {
    let mut entries = ObjectText::new(text);
    let read = header.begin(&mut entries).and_then(|()| {
        T::deserialize(Payload(Tap {
            entries: &mut entries,
            header,
        }))
    });
    if let Ok(value) = read
        && entries.is_at_end()
    {
        return Ok(value);
    }
    // The text may hold what only our own reader takes, such as `NaN`.
    let (read, rest) = Header::split(Value::parse(text)?)?;
    *header = read;
    T::deserialize(Payload(ValueDeserializer(rest)))
}

/// The object of a payload. One that is no object is refused when it is written, so every way leads to a map.
struct Payload<D>(D);

macro_rules! as_map {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_map(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Payload<D> {
    type Error = D::Error;

    as_map! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_seq
        deserialize_option deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(PassOver(PhantomData))?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }
}

/// A visitor of a map that holds nothing more.
struct PassOver<T>(PhantomData<T>);

impl<'de> Visitor<'de> for PassOver<()> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Reads the payload's entries, and the library's into the header on the way.
struct Tap<'r, 'de> {
    entries: &'r mut ObjectText<'de>,
    header: &'r mut Header<'de>,
}

impl<'de> Deserializer<'de> for Tap<'_, 'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Tap<'_, 'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        while let Some(key) = self.entries.key()? {
            if !self.header.take(&key, self.entries)? {
                return match key {
                    Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
                    Cow::Owned(_) => seed.deserialize(CowStrDeserializer::new(key)),
                }
                .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Self::Error> {
        self.entries.value(seed)
    }
}

/// A string, borrowed where its text has no escapes.
pub(super) struct Text<'de>(pub(super) Cow<'de, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

/// `{"UUID":"…"}`
pub(super) struct StoredUuid(pub(super) Uuid);

/// `{"__decimal__":"…"}`
pub(super) struct StoredTime(pub(super) Timestamp);

impl StoredUuid {
    fn read(entries: &mut ObjectText<'_>) -> Result<Self, serde_json::Error> {
        match entries.plain_under("UUID") {
            Some(text) => parse(text).map(Self),
            None => value(entries),
        }
    }
}

impl StoredTime {
    fn read(entries: &mut ObjectText<'_>) -> Result<Self, serde_json::Error> {
        match entries.plain_under("__decimal__") {
            Some(text) => parse(text).map(Self),
            None => value(entries),
        }
    }
}

#[derive(serde::Deserialize)]
struct UuidObject<'a> {
    #[serde(rename = "UUID", borrow)]
    text: Text<'a>,
}

#[derive(serde::Deserialize)]
struct DecimalObject<'a> {
    #[serde(rename = "__decimal__", borrow)]
    text: Text<'a>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, PartialEq, Debug)]
    struct Measured {
        at: f64,
        what: String,
    }

    #[test]
    fn an_event_is_read_however_its_text_is_written() {
        let hash = "0".repeat(64);
        let written = format!(
            r#"{{"__event_hash__":"{hash}","__event_topic__":"A.B","__event_version__":2,"__previous_hash__":"","at":1.5,"originator_id":{{"UUID":"b81d160dd7ef45aba629c7278082a845"}},"originator_topic":"A","originator_version":7,"timestamp":{{"__decimal__":"1.500000"}},"what":"x\n"}}"#
        );
        let read = |text: &str| {
            let mut header = Header::default();
            let payload: Measured = payload(text, &mut header).unwrap();
            (payload, format!("{header:?}"))
        };
        let (payload, header) = read(&written);
        let expected = Measured {
            at: 1.5,
            what: "x\n".to_owned(),
        };
        assert_eq!(payload, expected);
        for part in [
            hash.as_str(),
            "Some(\"A.B\")",
            "Some(2)",
            "Some(7)",
            "Some(1.500000)",
            "Some(b81d160d-d7ef-45ab-a629-c7278082a845)",
        ] {
            assert!(header.contains(part), "{part} in {header}");
        }
        for other in [
            written.replace(":", " : "),
            written
                .replace("\"at\":1.5,", "")
                .replace("{\"__event_hash__", "{\"at\":1.5,\"__event_hash__"),
            written.replace("\"at\":1.5", "\"at\":-Infinity,\"at\":1.5"),
            written.replace("__event_topic__", "__event\\u005ftopic__"),
            written.replace(
                "\"b81d160dd7ef45aba629c7278082a845\"",
                "\"{B81D160D-D7EF-45AB-A629-C7278082A845}\"",
            ),
            written.replace(
                "{\"__decimal__\":\"1.500000\"}",
                "{\"__decimal__\":\"1.500000\"}  ",
            ),
        ] {
            assert_ne!(other, written);
            assert_eq!(read(&other), read(&written), "{other}");
        }
    }

    #[test]
    fn what_follows_an_object_makes_it_none() {
        for text in ["{}}", "{} x", "{\"a\":1}{}", "{\"a\":1", "[]x"] {
            assert!(Header::of(text).is_err(), "{text}");
        }
    }
}
