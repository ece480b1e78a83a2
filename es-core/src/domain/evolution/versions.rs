//! Decoding of events in every version that the program knows.

use crate::domain::event::{
    DecodeError, EVENT_VERSION_KEY, Event, Old, Payload, RawHeader, TOPIC_KEY, decode,
};
use crate::domain::integrity::{EventHash, HASH_PREFIX};

/// Reads a payload that has had one version only.
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

/// Reads an event of any version that the program knows; one of the current version in one pass, as if there were no
/// others.
pub(crate) fn event<'de, E: Event>(
    text: &'de str,
    header: &mut RawHeader<'de>,
) -> Result<E, DecodeError> {
    if E::VERSION == 1 {
        return unversioned(text, header);
    }
    let expected = usual_version(text);
    let read = of_version::<E>(expected, text, header);
    // A text that this library did not write may have its version elsewhere.
    match stored_version(text, header, &read) {
        stored if stored == expected => read,
        stored => of_version(stored, text, header),
    }
}

fn of_version<'de, E: Event>(
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

/// The version that a text says, after it was read.
fn stored_version<'de, T, E>(text: &'de str, header: &RawHeader<'de>, read: &Result<T, E>) -> u32 {
    match read {
        Ok(_) => header.event_version,
        // The reader may have stopped before it.
        Err(_) => {
            RawHeader::parse(text).map_or(header.event_version, |header| header.event_version)
        }
    }
    .unwrap_or(1)
}

/// The version that stands where this library writes it, found without a scan; 1 where none does.
fn usual_version(text: &str) -> u32 {
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
