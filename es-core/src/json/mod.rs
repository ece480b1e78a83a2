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
//! let text = es_core::json::to_string(&Moved { to: "Zürich", distance: 1e16 })?;
//! assert_eq!(text, r#"{"distance":1e+16,"to":"Z\u00fcrich"}"#);
//! # Ok::<(), es_core::json::Error>(())
//! ```

mod error;
mod escape;
mod float;
mod key;
mod object;
mod payload;
mod raw;
mod writer;

use serde::Serialize;

pub use error::Error;
pub use raw::Raw;

use payload::Payload;
use writer::Writer;

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
    let mut out = String::new();
    value.serialize(&mut Writer::new(&mut out))?;
    Ok(out)
}

/// Appends one canonical object: the pairs of `library` merged with the entries of `payload`.
///
/// The pairs are keys and canonical texts of their values, in the order of the keys. The payload is a struct with named
/// fields, a map, or nothing at all (`()` or a unit struct). After an error, `out` ends with incomplete text.
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Renamed {
///     name: &'static str,
/// }
///
/// let mut out = String::new();
/// let library = [("__event_topic__", r#""World.Renamed""#), ("originator_version", "1")];
/// es_core::json::write_object(&mut out, &library, &Renamed { name: "Earth" })?;
/// assert_eq!(out, r#"{"__event_topic__":"World.Renamed","name":"Earth","originator_version":1}"#);
/// # Ok::<(), es_core::json::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::ReservedKey`] when the payload has a key of the library, [`Error::NotAnObject`] when it is anything but an
/// object, and those of [`to_string`].
pub fn write_object<T: Serialize + ?Sized>(
    out: &mut String,
    library: &[(&str, &str)],
    payload: &T,
) -> Result<(), Error> {
    payload.serialize(Payload::new(&mut Writer::new(out), library))
}
