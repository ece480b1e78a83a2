//! Numbers of JSON: integers of any size, and floats.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::Raw;

/// An integer of any size, or a float.
///
/// ```
/// use es_json::{Number, Value};
///
/// assert_eq!(Value::parse("-0")?, Value::Number(Number::from(0)));
/// assert_eq!(Value::parse("0.5")?, Value::Number(Number::from(0.5)));
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Number(Repr);

#[derive(Clone, PartialEq)]
enum Repr {
    /// Decimal digits without leading zeros, after a minus sign if it is negative.
    Integer(Box<str>),
    Float(f64),
}

impl Number {
    /// Creates an integer from a text that matches JSON's grammar.
    pub(super) fn integer(text: &str) -> Self {
        // Python's integers have no negative zero.
        let text = if text == "-0" { "0" } else { text };
        Self(Repr::Integer(text.into()))
    }

    /// Returns whether it is an integer.
    pub fn is_integer(&self) -> bool {
        self.integer_text().is_some()
    }

    /// Returns the digits of the integer, if it is one.
    pub fn integer_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Integer(text) => Some(text),
            Repr::Float(_) => None,
        }
    }

    /// Returns the integer, if it is one and fits.
    pub fn as_i128(&self) -> Option<i128> {
        self.integer_text()?.parse().ok()
    }

    /// Returns the integer, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.integer_text()?.parse().ok()
    }

    /// Returns the integer, if it is one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.integer_text()?.parse().ok()
    }

    /// Returns the float, or the float closest to the integer.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            // Digits always parse; a number out of range becomes infinite.
            Repr::Integer(text) => text.parse().unwrap_or(f64::NAN),
            Repr::Float(value) => *value,
        }
    }
}

macro_rules! from_integers {
    ($($type:ty)*) => { $(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                Self::integer(&value.to_string())
            }
        }
    )* };
}

from_integers!(i32 u32 i64 u64 i128 u128);

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(Repr::Float(value))
    }
}

/// Writes the canonical text.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(text) => f.write_str(text),
            Repr::Float(value) => {
                let mut out = String::new();
                crate::float::write_f64(&mut out, *value);
                f.write_str(&out)
            }
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match &self.0 {
            Repr::Float(value) => return serializer.serialize_f64(*value),
            Repr::Integer(text) => text,
        };
        if let Ok(value) = text.parse::<i64>() {
            serializer.serialize_i64(value)
        } else if let Ok(value) = text.parse::<u64>() {
            serializer.serialize_u64(value)
        } else if let Ok(value) = text.parse::<i128>() {
            serializer.serialize_i128(value)
        } else {
            Raw(text).serialize(serializer)
        }
    }
}
