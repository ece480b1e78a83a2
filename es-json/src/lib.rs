//! The canonical JSON text that events are hashed and stored in.
//!
//! It is the text that Python `eventsourcing` 5.0.0 writes (`docs/formats.md`, section 2): keys sorted by code point
//! at every level, no spaces, ASCII only, floats as Python's `repr`, integers of any size.
//!
//! ```
//! #[derive(serde::Serialize)]
//! struct Moved {
//!     to: &'static str,
//!     distance: f64,
//! }
//!
//! let text = es_json::to_string(&Moved { to: "Zürich", distance: 1e16 })?;
//! assert_eq!(text, r#"{"distance":1e+16,"to":"Z\u00fcrich"}"#);
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
pub mod deque;
mod error;
mod escape;
mod float;
mod key;
pub mod object;
mod object_text;
mod open_object;
mod open_struct;
mod payload;
mod raw;
mod special;
#[cfg(feature = "jiff")]
pub mod time;
pub mod uuid;
mod value;
mod writer;

use serde::{Deserialize, Serialize};

#[cfg(feature = "jiff")]
pub use datetime::OffsetDateTime;
pub use decimal::{Decimal, ParseDecimalError};
pub use error::Error;
pub use object::{Class, Object};
pub use raw::Raw;
pub use special::{Holds, Special, Tagged};
pub use value::{Number, Value};

#[doc(hidden)]
pub use canonical::marks;
#[doc(hidden)]
pub use escape::write_string;
#[doc(hidden)]
pub use object_text::ObjectText;
use payload::Payload;
#[doc(hidden)]
pub use value::ValueDeserializer;
use writer::Writer;

/// How deep arrays and objects may be nested. Python stops at its recursion limit, near 1,000; this leaves room for what
/// serde does on a thread's small stack. What would not be read is not written either.
pub(crate) const MAX_DEPTH: usize = 256;

/// Room for most values, so that the text is seldom moved while it grows.
const USUAL_LENGTH: usize = 128;

/// The canonical text of a value.
///
/// Enums are represented as by `serde_json`, and bytes become an array of integers. Keys that are integers or booleans
/// become strings and are sorted as strings.
///
/// # Errors
///
/// [`Error::DuplicateKey`] when two entries of one object have the same key, [`Error::Key`] when a key is not a string,
/// an integer or a boolean, and what an implementation of `Serialize` reports.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut out = String::with_capacity(USUAL_LENGTH);
    value.serialize(&mut Writer::new(&mut out))?;
    Ok(out)
}

/// Appends one canonical object: the pairs of `library` merged with the entries of `payload`.
///
/// The pairs are keys and canonical texts of their values, in the order of the keys. The payload is a struct with named
/// fields, a map, or nothing at all (`()` or a unit struct). It must have neither a key of `library` nor one of `reserved`. After an error, `out` ends with incomplete text.
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
/// [`Error::ReservedKey`] when the payload has a reserved key or one of `library`, [`Error::NotAnObject`] when it is anything but an
/// object, and those of [`to_string`].
pub fn write_object<T: Serialize + ?Sized>(
    out: &mut String,
    reserved: &[&str],
    library: &[(&str, &str)],
    payload: &T,
) -> Result<(), Error> {
    payload.serialize(Payload::new(&mut Writer::new(out), reserved, library))
}

/// Reads a value from any text that Python's `json.loads` accepts (see [`Value::parse`]).
///
/// Text that `serde_json` can read into the type is read by it, in one pass; our own reader takes what it refuses, and
/// words the errors. Strings can then no longer be borrowed from the text.
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
/// [`Error::Syntax`] when the text is not JSON, [`Error::Data`] when it is not of the type.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    // Its errors quote values, and Python accepts more: they only mean that the other reader decides.
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    T::deserialize(ValueDeserializer(Value::parse(text)?))
}

/// What Python writes after it has read the text: keys sorted, special values in the form in which they are written.
///
/// That is what Python takes hashes of. An object that has one of the keys `ISO8601_datetime`, `ISO8601_date`, `UUID`,
/// `__decimal__`, `ISO8601_time`, `__class__` and `__deque__` is special, whatever it was meant to be; its other keys are
/// lost.
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
/// [`Error::Syntax`] when the text is not JSON, [`Error::Data`] when a special value is not of its form. Dates with times
/// are read in the forms of ISO 8601 only, where Python's `dateutil` guesses at others. That a `__class__` exists is not
/// checked, though Python fails when it does not.
pub fn canonical(text: &str) -> Result<String, Error> {
    to_string(&canonical::normalise(Value::parse(text)?)?)
}
