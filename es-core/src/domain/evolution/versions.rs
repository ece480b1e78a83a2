//! Decoding of events in every version that the program knows.

use crate::domain::event::{
    DecodeError, EVENT_VERSION_KEY, Event, Old, Payload, RawHeader, TOPIC_KEY, decode,
};
use crate::domain::integrity::{EventHash, HASH_PREFIX};

/// Reads a payload that has only ever had one version.
pub(crate) fn unversioned<'de, E: Payload>(
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<E, DecodeError> {
    let read = decode::payload(text, header);
    match stored_version(text, header, &read) {
        1 => Ok(read?),
        stored => Err(DecodeError::Newer { stored, known: 1 }),
    }
}

/// Reads an event of any version that the program knows. An event with its version in the usual
/// place is read in one pass.
pub(crate) fn event<'de, E: Event>(
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<E, DecodeError> {
    if E::VERSION == 1 {
        return unversioned(text, header);
    }
    let expected = version_in_usual_place(text);
    let read = decode_version::<E>(expected, text, header);
    // In a text of another writer the version may be in another place.
    match stored_version(text, header, &read) {
        stored if stored == expected => read,
        stored => decode_version(stored, text, header),
    }
}

fn decode_version<'de, E: Event>(
    version: u32,
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<E, DecodeError> {
    if version > E::VERSION {
        return Err(DecodeError::Newer {
            stored: version,
            known: E::VERSION,
        });
    }
    if version == E::VERSION {
        return Ok(decode::payload(text, header)?);
    }
    E::__upcast(&mut Old::new(version, text, header))
}

/// Returns the version in a text that was read.
fn stored_version<'de, T, E>(text: &'de str, header: &RawHeader<'de>, read: &Result<T, E>) -> u32 {
    match read {
        Ok(_) => header.event_version,
        // The reader may have stopped before the version.
        Err(_) => {
            RawHeader::parse(text).map_or(header.event_version, |header| header.event_version)
        }
    }
    .unwrap_or(1)
}

/// Returns the version in the place where this library writes it, without a scan of the text; 1 if
/// there is none.
fn version_in_usual_place(text: &str) -> u32 {
    let after_topic = || {
        let rest = text.get(HASH_PREFIX.len() + EventHash::LEN..)?;
        let rest = rest.strip_prefix("\",\"")?.strip_prefix(TOPIC_KEY)?;
        let rest = rest.strip_prefix("\":\"")?;
        rest.split_once("\",").map(|(_, rest)| rest)
    };
    let version = || {
        let rest = after_topic().or_else(|| text.strip_prefix('{'))?;
        let rest = rest.strip_prefix('"')?.strip_prefix(EVENT_VERSION_KEY)?;
        let rest = rest.strip_prefix("\":")?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok()
    };
    version().unwrap_or(1)
}
