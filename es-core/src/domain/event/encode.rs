//! Encoding of events as canonical text.

use es_json as json;
use serde::Serialize;

use super::keys::LIBRARY_KEYS;

/// A function that appends the text of an event, from the library's pairs and the payload.
pub(crate) type Encode<E> = fn(&mut String, &[(&str, &str)], &E) -> Result<(), json::Error>;

/// Appends the canonical text of an event: the library's pairs, merged with the entries of the
/// payload.
///
/// # Errors
///
/// Those of [`es_json::write_object`]: a payload must have none of [`LIBRARY_KEYS`].
pub(crate) fn write_event<T: Serialize + ?Sized>(
    out: &mut String,
    library: &[(&str, &str)],
    payload: &T,
) -> Result<(), json::Error> {
    json::write_object(out, &LIBRARY_KEYS, library, payload)
}
