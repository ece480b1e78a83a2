//! Decoding in one pass: the library's keys are tapped off on the way to the payload's own visitor, which never sees
//! them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
};
use uuid::Uuid;

use super::Metadata;
use crate::json;
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
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(Tap {
        inner: &mut reader,
        header,
    });
    if let Ok(value) = read.and_then(|value| reader.end().map(|()| value)) {
        return Ok(value);
    }
    // The text may hold what only our own reader takes, such as `NaN`.
    *header = Header::default();
    let reader = json::ValueDeserializer(json::Value::parse(text)?);
    T::deserialize(Tap {
        inner: reader,
        header,
    })
}

/// A deserializer, visitor and map access, each wrapped to tap the library's keys.
struct Tap<'h, 'de, T> {
    inner: T,
    header: &'h mut Header<'de>,
}

macro_rules! as_map {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.deserialize_map(Tap { inner: visitor, header: self.header })
        }
    )*};
}

/// Payloads that are no objects are refused when they are written, so every way leads to a map.
impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tap<'_, 'de, D> {
    type Error = D::Error;

    as_map! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_seq
        deserialize_option deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Tap {
            inner: PassOver(PhantomData),
            header: self.header,
        })?;
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

impl<'de, V: Visitor<'de>> Visitor<'de> for Tap<'_, 'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<V::Value, M::Error> {
        self.inner.visit_map(Tap {
            inner: map,
            header: self.header,
        })
    }
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Tap<'_, 'de, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, M::Error> {
        while let Some(Text(key)) = self.inner.next_key()? {
            if !self.take(&key)? {
                return match key {
                    Cow::Borrowed(key) => seed.deserialize(BorrowedStrDeserializer::new(key)),
                    key @ Cow::Owned(_) => seed.deserialize(CowStrDeserializer::new(key)),
                }
                .map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, M::Error> {
        self.inner.next_value_seed(seed)
    }
}

impl<'de, M: MapAccess<'de>> Tap<'_, 'de, M> {
    /// Takes the value of a key of the library; says whether it was one.
    fn take(&mut self, key: &str) -> Result<bool, M::Error> {
        // Most keys of payloads begin otherwise.
        if !matches!(key.as_bytes().first(), Some(b'_' | b'o' | b't')) {
            return Ok(false);
        }
        match key {
            HASH_KEY => self.header.hash = Some(self.text()?),
            TOPIC_KEY => self.header.topic = Some(self.text()?),
            EVENT_VERSION_KEY => self.header.event_version = Some(self.inner.next_value()?),
            METADATA_KEY => self.header.metadata = Some(self.inner.next_value()?),
            PREVIOUS_KEY => self.header.previous = Some(self.text()?),
            ORIGINATOR_TOPIC_KEY => self.header.originator_topic = Some(self.text()?),
            VERSION_KEY => self.header.version = Some(self.inner.next_value()?),
            ID_KEY => self.header.id = Some(self.inner.next_value::<StoredUuid>()?.0),
            TIMESTAMP_KEY => self.header.timestamp = Some(self.inner.next_value::<StoredTime>()?.0),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn text(&mut self) -> Result<Cow<'de, str>, M::Error> {
        Ok(self.inner.next_value::<Text<'de>>()?.0)
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
        parse(UuidObject::deserialize(deserializer)?.text).map(Self)
    }
}

impl<'de> Deserialize<'de> for StoredTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse(DecimalObject::deserialize(deserializer)?.text).map(Self)
    }
}

fn parse<T: FromStr<Err: fmt::Display>, E: serde::de::Error>(Text(text): Text<'_>) -> Result<T, E> {
    text.parse().map_err(E::custom)
}
