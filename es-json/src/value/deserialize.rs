//! `Deserialize` for [`Value`] and [`Number`], from any deserializer.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Number, Value};

/// The struct name under which `serde_json` passes on the text of a value. The text keeps integers
/// of any size.
///
/// If `serde_json` drops this name, values are still read, but large integers become floats; a test
/// detects that.
pub(crate) const RAW_TEXT: &str = "$serde_json::private::RawValue";

/// The key under which `serde_json` passes on every number if a crate enables
/// `arbitrary_precision`.
pub(crate) const NUMBER_TEXT: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_TEXT, ValueVisitor)
    }
}

struct ValueVisitor;

/// Visitor methods for numbers.
macro_rules! integers {
    ($($method:ident($type:ty);)*) => { $(
        fn $method<E>(self, value: $type) -> Result<Value, E> {
            Ok(Value::Number(value.into()))
        }
    )* };
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    integers! {
        visit_i64(i64);
        visit_u64(u64);
        visit_i128(i128);
        visit_u128(u128);
        visit_f64(f64);
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if entries.is_empty() && (key == RAW_TEXT || key == NUMBER_TEXT) {
                let text: String = map.next_value()?;
                return Value::parse(&text).map_err(A::Error::custom);
            }
            entries.insert(key, map.next_value()?);
        }
        Ok(Value::Object(entries))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Number(number) => Ok(number),
            _ => Err(D::Error::custom("expected a number")),
        }
    }
}
