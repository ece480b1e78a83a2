//! The canonical JSON text in which events are hashed and stored.
//!
//! It is the text that Python `eventsourcing` 5.0.0 writes (`docs/formats.md`, section 2):
//!
//! 1. Keys are sorted by code point at every level.
//! 2. There is no white space, and all characters are ASCII.
//! 3. Floats are laid out as by Python's `repr`; integers have any size.
//!
//! [`to_string`] writes canonical text, and [`from_str`] reads any JSON text. The serde adapters
//! [`uuid`], [`decimal`] and [`deque`] store values as Python stores its own types. [`Value`] holds
//! JSON of unknown shape.
//!
//! ```
//! use uuid::Uuid;
//!
//! #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
//! struct Moved {
//!     to: String,
//!     distance: f64,
//!     #[serde(with = "es_json::uuid")]
//!     by: Uuid,
//! }
//!
//! let moved = Moved { to: "Zürich".to_owned(), distance: 1e16, by: Uuid::from_u128(7) };
//! let text = es_json::to_string(&moved)?;
//! assert_eq!(
//!     text,
//!     r#"{"by":{"UUID":"00000000000000000000000000000007"},"distance":1e+16,"to":"Z\u00fcrich"}"#
//! );
//! assert_eq!(es_json::from_str::<Moved>(&text)?, moved);
//! # Ok::<(), es_json::Error>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod canonical;
mod civil;
#[cfg(feature = "jiff")]
pub mod date;
#[cfg(feature = "jiff")]
pub mod datetime;
pub mod decimal;
mod decimal_number;
pub mod deque;
mod error;
mod escape;
mod float;
mod key_writer;
pub mod object;
mod object_reader;
mod object_writer;
#[cfg(feature = "jiff")]
mod offset_datetime;
mod payload_writer;
mod python_object;
mod raw;
mod struct_writer;
mod tagged;
#[cfg(feature = "jiff")]
pub mod time;
pub mod uuid;
mod value;
mod writer;

use serde::{Deserialize, Serialize};

pub use decimal_number::{Decimal, ParseDecimalError};
pub use error::Error;
#[cfg(feature = "jiff")]
pub use offset_datetime::OffsetDateTime;
pub use python_object::{PythonClass, PythonObject};
pub use raw::Raw;
pub use tagged::{Tagged, TaggedField, TaggedType};
pub use value::{Number, Value};

#[doc(hidden)]
pub use canonical::special_keys;
#[doc(hidden)]
pub use error::prepend_step;
#[doc(hidden)]
pub use escape::write_string;
#[doc(hidden)]
pub use object_reader::ObjectReader;
use payload_writer::PayloadWriter;
#[doc(hidden)]
pub use value::ValueDeserializer;
use writer::{SpecialKeys, Writer};

/// Maximum nesting depth of arrays and objects. Python stops at its recursion limit, near 1,000;
/// this limit leaves room for serde on a thread with a small stack. The writer has the same limit,
/// so that every written text can be read.
pub(crate) const MAX_DEPTH: usize = 256;

/// Initial capacity of the output. It fits most values, so that the text is seldom moved while it
/// grows.
const INITIAL_CAPACITY: usize = 128;

/// Serialises a value to canonical text.
///
/// Enums are represented as in `serde_json`, and bytes become an array of integers. Keys that are
/// integers or booleans become strings and are sorted as strings.
///
/// # Errors
///
/// [`Error::DuplicateKey`] if two entries of one object have the same key, [`Error::Key`] if a key
/// is not a string, an integer or a boolean, [`Error::TooDeep`] if values are nested too deeply,
/// and any error of an implementation of `Serialize`.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    write(value, SpecialKeys::Allowed)
}

/// Does the same as [`to_string`] for a part of an event. Keys that mark values of special types are
/// refused, except in values of those types.
#[doc(hidden)]
pub fn to_event_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    write(value, SpecialKeys::OfTaggedValues)
}

fn write<T: Serialize + ?Sized>(value: &T, special_keys: SpecialKeys) -> Result<String, Error> {
    let mut out = String::with_capacity(INITIAL_CAPACITY);
    value.serialize(&mut Writer::new(&mut out, special_keys))?;
    Ok(out)
}

/// Appends one canonical object: the pairs of `library` merged with the entries of `payload`.
///
/// The pairs are keys and canonical texts of their values, sorted by key. The payload is a struct
/// with named fields, a map, or nothing (`()` or a unit struct). It must not have a key of
/// `library` or of `reserved`, nor, at any depth, a key that marks a value of a special type
/// (see [`canonical`]) except in a [`TaggedType`], or in a [`Value`] that is well-formed and no
/// object of a class. After an error, `out` ends with incomplete text.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Renamed {
///     name: &'static str,
/// }
///
/// let mut out = String::new();
/// let library = [("__event_topic__", r#""World.Renamed""#), ("originator_version", "1")];
/// es_json::write_object(&mut out, &["timestamp"], &library, &Renamed { name: "Earth" })?;
/// assert_eq!(out, r#"{"__event_topic__":"World.Renamed","name":"Earth","originator_version":1}"#);
/// # Ok::<(), es_json::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::ReservedKey`] if the payload has a reserved key or one of `library`,
/// [`Error::SpecialKey`] if it has a key that marks a value of a special type,
/// [`Error::NotAnObject`] if it is not an object, and the errors of [`to_string`].
pub fn write_object<T: Serialize + ?Sized>(
    out: &mut String,
    reserved: &[&str],
    library: &[(&str, &str)],
    payload: &T,
) -> Result<(), Error> {
    let mut writer = Writer::new(out, SpecialKeys::OfTaggedValues);
    payload.serialize(PayloadWriter::new(&mut writer, reserved, library))
}

/// Deserialises a value from any text that Python's `json.loads` accepts (see [`Value::parse`]).
///
/// `serde_json` reads the text in one pass if it can. If it fails, the reader of this crate reads
/// the text again and reports the error; strings cannot be borrowed from the text then.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Measured {
///     value: f64,
/// }
///
/// let measured: Measured = es_json::from_str(r#"{"value":-Infinity}"#)?;
/// assert_eq!(measured.value, f64::NEG_INFINITY);
/// # Ok::<(), es_json::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Syntax`] if the text is not JSON, [`Error::Data`] if it does not match the type.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    // An error of `serde_json` is discarded: it quotes values, and Python accepts more than
    // `serde_json` does.
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    T::deserialize(ValueDeserializer(Value::parse(text)?))
}

/// Rewrites a text as Python writes it after reading: keys sorted, special values as Python
/// writes them.
///
/// Python computes hashes over this text. An object with one of the keys `ISO8601_datetime`,
/// `ISO8601_date`, `UUID`, `__decimal__`, `ISO8601_time`, `__class__` and `__deque__` is a special
/// value regardless of its author's intention; its other keys are lost.
///
/// ```
/// let text = r#"{"b": {"UUID": "{6990846B-CF33-49FD-804F-3B53B3886EFE}"}, "a": {"__decimal__": 1.5}}"#;
/// let canonical = r#"{"a":{"__decimal__":"1.5"},"b":{"UUID":"6990846bcf3349fd804f3b53b3886efe"}}"#;
/// assert_eq!(es_json::canonical(text)?, canonical);
/// # Ok::<(), es_json::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Syntax`] if the text is not JSON, [`Error::Data`] if a special value is malformed.
/// Dates with times are accepted only in the formats of ISO 8601; Python's `dateutil` guesses at
/// others. Unlike Python, it does not fail if the class named by `__class__` does not
/// exist.
pub fn canonical(text: &str) -> Result<String, Error> {
    to_string(&canonical::normalise(Value::parse(text)?)?)
}
