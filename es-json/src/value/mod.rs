//! JSON values of unknown shape.

mod deserialize;
mod deserializer;
mod from;
mod key_deserializer;
mod number;
mod parser;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::error::Error;
use super::writer::{SpecialKeys, Writer};
use super::{canonical, tagged};

pub(super) use deserialize::{NUMBER_TEXT, RAW_TEXT};
pub use deserializer::ValueDeserializer;
pub use number::Number;

/// Any JSON value. [`Value::parse`] accepts every text that Python's `json.loads` accepts.
///
/// It is independent of `serde_json`, whose maps and numbers change with the features that any
/// crate in a program enables.
///
/// ```
/// use es_json::Value;
///
/// let value = Value::parse(r#"{"b": [NaN, 123456789012345678901234567890], "a": 1E5}"#)?;
/// assert_eq!(value.to_string(), r#"{"a":100000.0,"b":[NaN,123456789012345678901234567890]}"#);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of any size, or a float.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object, with its entries in canonical order.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// Parses a text as Python's `json.loads` does: `NaN`, `Infinity` and `-Infinity` are numbers,
    /// integers have any size, and the last one of equal keys counts.
    ///
    /// # Errors
    ///
    /// [`Error::Syntax`] with the offset. Python accepts two things that are errors here: a lone
    /// surrogate (`"\ud83d"`), which a `String` cannot hold, and nesting deeper than 256 levels.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parser::parse(text)
    }

    /// Returns the value of a key, if this is an object with that key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.get(key),
            _ => None,
        }
    }

    /// Returns the string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Writes the canonical text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.serialize(&mut Writer::new(&mut out, SpecialKeys::Allowed))
            .map_err(|_| fmt::Error)?;
        f.write_str(&out)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(entries) if canonical::is_special_value(entries) => {
                serializer.serialize_newtype_struct(tagged::TOKEN, &Entries(entries))
            }
            Self::Object(entries) => serializer.collect_map(entries),
        }
    }
}

/// The entries of an object that is a value of a special type.
struct Entries<'a>(&'a BTreeMap<String, Value>);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0)
    }
}
