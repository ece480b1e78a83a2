//! The hashes of events: computation and verification.
//!
//! The hash of an event is the SHA-256 of `[<object>,<salt>]`: the object is the event's canonical
//! JSON without its `__event_hash__`, and the salt is a JSON string (`docs/formats.md`, section 3).
//! It is computed from the stored text. To verify it, nothing is encoded again unless the text is
//! not canonical.

use std::ops::Range;

use es_json as json;
use sha2::{Digest, Sha256};

use super::event_hash::EventHash;
use super::salt::Salt;
use crate::error::Damage;

pub(crate) const HASH_KEY: &str = "__event_hash__";

/// The beginning of a text with the hash as its first key, as in nearly all texts.
pub(crate) const HASH_PREFIX: &str = "{\"__event_hash__\":\"";

/// Computes the hash of an event. `object` is its canonical text without the hash.
///
/// ```
/// use es_core::domain::{Salt, integrity};
///
/// let created = r#"{"__event_topic__":"eventsourcing.domain.model.entity#VersionedEntity.Created","__previous_hash__":"","originator_id":{"UUID":"b81d160dd7ef45aba629c7278082a845"},"originator_topic":"eventsourcing.domain.model.entity#VersionedEntity","originator_version":0}"#;
/// let hash = integrity::seal(created, &Salt::none());
/// assert_eq!(hash, "46fc3603ee77b37850798de81c5413dceae869cc44f6005b07e9c98483a2d4e0");
/// ```
#[must_use]
pub fn seal(object: &str, salt: &Salt) -> EventHash {
    EventHash::from_hasher(new_hasher([object, ""], salt))
}

/// Creates the hasher of an event. `object` is the text before and after the hash entry.
fn new_hasher(object: [&str; 2], salt: &Salt) -> Sha256 {
    let mut hasher = Sha256::new_with_prefix("[");
    hasher.update(object[0]);
    hasher.update(object[1]);
    hasher.update(salt.suffix());
    hasher
}

/// Verifies the hash in a stored canonical text and returns it.
///
/// # Errors
///
/// [`Damage::EventHash`] if it is not the hash of the rest; [`Damage::Missing`] if there is no
/// hash; [`Damage::Malformed`] if the text is not JSON.
pub fn verify(text: &str, salt: &Salt) -> Result<EventHash, Damage> {
    if let Some(hash) = verify_stored(text, salt) {
        return Ok(hash);
    }
    // The text may have white space or another key order. Its hash is that of the canonical form.
    let canonical = json::canonical(text).map_err(Damage::Malformed)?;
    if find_hash(&canonical).is_none() {
        return Err(Damage::Missing(HASH_KEY));
    }
    verify_stored(&canonical, salt).ok_or(Damage::EventHash)
}

fn verify_stored(text: &str, salt: &Salt) -> Option<EventHash> {
    let found = find_hash(text)?;
    let hash = EventHash::parse(&text[found.digits.clone()])?;
    hash.matches(found.hasher(text, salt)).then_some(hash)
}

/// Replaces the hash in a text that this library wrote with the right one, and returns it.
pub(crate) fn seal_in_place(text: &mut String, salt: &Salt) -> Option<EventHash> {
    let found = find_hash(text)?;
    let hash = EventHash::from_hasher(found.hasher(text, salt));
    text.replace_range(found.digits, hash.as_str());
    Some(hash)
}

/// The ranges of the hash in the text of an object.
struct HashPair {
    /// The key, the value and a comma beside them, if any.
    pair: Range<usize>,
    /// The digits of the hash.
    digits: Range<usize>,
}

impl HashPair {
    fn hasher(&self, text: &str, salt: &Salt) -> Sha256 {
        new_hasher([&text[..self.pair.start], &text[self.pair.end..]], salt)
    }
}

fn find_hash(text: &str) -> Option<HashPair> {
    let digits = match hash_at_start(text) {
        Some(digits) => digits,
        None => find_string(text, HASH_KEY)?,
    };
    let key_start = digits.start - HASH_PREFIX.len() + 1;
    let value_end = digits.end + 1;
    let pair = match text.as_bytes().get(value_end)? {
        b',' => key_start..value_end + 1,
        b'}' if text.as_bytes().get(key_start - 1) == Some(&b',') => key_start - 1..value_end,
        b'}' => key_start..value_end,
        _ => return None,
    };
    Some(HashPair { pair, digits })
}

/// Returns the range of the digits if the hash is the first key, as in nearly all texts.
fn hash_at_start(text: &str) -> Option<Range<usize>> {
    let digits = HASH_PREFIX.len()..HASH_PREFIX.len() + EventHash::LEN;
    let is_first = text.starts_with(HASH_PREFIX) && text.as_bytes().get(digits.end) == Some(&b'"');
    is_first.then_some(digits)
}

/// Returns the range of the string under `key` in the object itself, ignoring nested objects.
pub(crate) fn find_string(text: &str, key: &str) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                let string = string_body(text, at)?;
                at = string.end;
                if depth == 1 && text[string].eq(key) && text[at..].starts_with("\":\"") {
                    return string_body(text, at + 2);
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Returns the range between the quotes of the string that opens at `quote`.
fn string_body(text: &str, quote: usize) -> Option<Range<usize>> {
    let start = quote + 1;
    let mut end = start;
    loop {
        match text.as_bytes().get(end)? {
            b'"' => return Some(start..end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED_HEAD: &str =
        "ae7688000c38b2bd504b3eb3cd8e015144dd9a3c4992951c87cef9cce047f86c";
    const SECOND: &str = r#"{"__event_topic__":"eventsourcing.domain.model.entity#VersionedEntity.AttributeChanged","__previous_hash__":"46fc3603ee77b37850798de81c5413dceae869cc44f6005b07e9c98483a2d4e0","name":"full_name","originator_id":{"UUID":"b81d160dd7ef45aba629c7278082a845"},"originator_version":1,"value":"Mr Boots"}"#;

    #[test]
    fn the_documented_head_is_the_seal_of_the_documented_event() {
        assert_eq!(seal(SECOND, &Salt::none()), DOCUMENTED_HEAD);
    }

    #[test]
    fn a_hash_is_found_first_in_the_middle_last_and_alone() {
        for (with, without) in [
            (r#"{"__event_hash__":"H","b":1}"#, r#"{"b":1}"#),
            (r#"{"A":1,"__event_hash__":"H","b":1}"#, r#"{"A":1,"b":1}"#),
            (r#"{"A":1,"__event_hash__":"H"}"#, r#"{"A":1}"#),
            (r#"{"__event_hash__":"H"}"#, "{}"),
        ] {
            let sealed = with.replace('H', seal(without, &Salt::none()).as_str());
            verify(&sealed, &Salt::none()).unwrap();
            assert!(matches!(
                verify(&sealed, &Salt::new("x")),
                Err(Damage::EventHash)
            ));
        }
    }

    #[test]
    fn a_hash_inside_a_value_is_not_the_hash_of_the_event() {
        let text = r#"{"A":{"__event_hash__":"x"},"B":"\"__event_hash__\":\"y\""}"#;
        assert!(matches!(
            verify(text, &Salt::none()),
            Err(Damage::Missing(HASH_KEY))
        ));
    }

    #[test]
    fn a_text_that_is_not_canonical_verifies_by_its_canonical_form() {
        let hash = seal(r#"{"a":1,"b":2}"#, &Salt::none());
        let text = format!(r#"{{ "b" : 2, "a": 1, "__event_hash__": "{hash}" }}"#);
        assert_eq!(verify(&text, &Salt::none()).unwrap(), hash);
    }

    #[test]
    fn a_hash_in_capitals_is_none() {
        let hash = seal(r#"{"b":1}"#, &Salt::none()).to_string();
        let text = format!(r#"{{"__event_hash__":"{}","b":1}}"#, hash.to_uppercase());
        assert!(matches!(
            verify(&text, &Salt::none()),
            Err(Damage::EventHash)
        ));
    }

    #[test]
    fn sealing_in_place_makes_a_text_that_verifies() {
        let salt = Salt::new("salt \u{e9}");
        let mut text = format!(r#"{{"__event_hash__":"{}","b":1}}"#, EventHash::PLACEHOLDER);
        let hash = seal_in_place(&mut text, &salt).unwrap();
        assert_eq!(verify(&text, &salt).unwrap(), hash);
    }
}
