//! Decoding of an event in one pass. The library's keys are read into the header, and the payload's
//! own visitor never sees them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use es_json as json;
use es_json::{ObjectReader, Value, ValueDeserializer};
use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::decode_error::DecodeError;
use super::raw_header::RawHeader;

/// A function that decodes the text of an event.
pub(crate) type Decode<E> = for<'de> fn(&'de str, &mut RawHeader<'de>) -> Result<E, DecodeError>;

/// Reads a payload and the header in one pass.
pub(crate) fn payload<'de, E: DeserializeOwned>(
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<E, json::Error> {
    read(text, header)
}

pub(crate) fn read<'de, T: Deserialize<'de>>(
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<T, json::Error> {
    let mut entries = ObjectReader::new(text);
    let read = header.read_leading_keys(&mut entries).and_then(|()| {
        T::deserialize(PayloadDeserializer(HeaderFilter {
            entries: &mut entries,
            header,
        }))
    });
    if let Ok(value) = read
        && entries.is_at_end()
    {
        return Ok(value);
    }
    // Only the reader of `es-json` accepts extensions such as `NaN`.
    let (read, rest) = RawHeader::from_object(Value::parse(text)?)?;
    *header = read;
    T::deserialize(PayloadDeserializer(ValueDeserializer(rest)))
}

/// The deserializer of a payload. A payload that is not an object is refused when it is written, so
/// every method reads a map.
struct PayloadDeserializer<D>(D);

macro_rules! as_map {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_map(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for PayloadDeserializer<D> {
    type Error = D::Error;

    as_map! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_seq
        deserialize_option deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(SkipEntries(PhantomData))?;
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

/// A visitor that skips the entries of a map.
struct SkipEntries<T>(PhantomData<T>);

impl<'de> Visitor<'de> for SkipEntries<()> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// Yields the payload's entries, and reads the library's entries into the header.
struct HeaderFilter<'r, 'de> {
    entries: &'r mut ObjectReader<'de>,
    header: &'r mut RawHeader<'de>,
}

impl<'de> Deserializer<'de> for HeaderFilter<'_, 'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for HeaderFilter<'_, 'de> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        while let Some(key) = self.entries.next_key()? {
            if !self.header.read_key(&key, self.entries)? {
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
        self.entries.next_value(seed)
    }
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
            let mut header = RawHeader::default();
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
            written.replace(':', " : "),
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
    fn text_after_an_object_is_refused() {
        for text in ["{}}", "{} x", "{\"a\":1}{}", "{\"a\":1", "[]x"] {
            assert!(RawHeader::parse(text).is_err(), "{text}");
        }
    }
}
