//! Stores a UUID as Python does: `#[serde(with = "es::json::uuid")]` on a field of type [`Uuid`],
//! `Option<Uuid>` or `Vec<Uuid>`.
//!
//! ```
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Adopted {
//!     #[serde(with = "es_json::uuid")]
//!     parent: Option<uuid::Uuid>,
//! }
//!
//! let text = r#"{"parent":{"UUID":"6990846bcf3349fd804f3b53b3886efe"}}"#;
//! let adopted: Adopted = es_json::from_str(text)?;
//! assert_eq!(es_json::to_string(&adopted)?, text);
//! # Ok::<(), es_json::Error>(())
//! ```

use serde::{Deserializer, Serializer};
use uuid::Uuid;

use super::tagged::{TaggedType, read_str, with_functions};

pub(super) const PROBLEM: &str = "not a UUID: expected 32 hexadecimal digits";

with_functions!(Uuid);

impl TaggedType for Uuid {
    const KEY: &'static str = "UUID";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.simple().encode_lower(&mut Uuid::encode_buffer()))
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, |text| parse(text).ok_or(PROBLEM))
    }
}

/// Parses as Python's `UUID(text)` does: `urn:`, `uuid:`, braces and hyphens are dropped in any
/// place.
pub(super) fn parse(text: &str) -> Option<Uuid> {
    if text.len() == 32 {
        return parse_simple(text);
    }
    let text = text.replace("urn:", "").replace("uuid:", "");
    parse_simple(&text.trim_matches(['{', '}']).replace('-', ""))
}

/// Parses the form without hyphens only. The `uuid` crate accepts other forms that Python rejects.
fn parse_simple(text: &str) -> Option<Uuid> {
    let simple = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if simple {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_python_reads_is_read() {
        let id = "6990846bcf3349fd804f3b53b3886efe";
        for text in [
            id,
            "6990846B-CF33-49FD-804F-3B53B3886EFE",
            "{6990846b-cf33-49fd-804f-3b53b3886efe}",
            "urn:uuid:6990846b-cf33-49fd-804f-3b53b3886efe",
            "6990-846bcf3349fd804f3b53b3886efe",
        ] {
            assert_eq!(parse(text), Uuid::try_parse(id).ok());
        }
    }

    #[test]
    fn other_texts_are_no_uuids() {
        for text in [
            "",
            "zz",
            "6990846bcf3349fd804f3b53b3886ef",
            "6990846bcf3349fd804f3b53b3886efg",
        ] {
            assert_eq!(parse(text), None);
        }
    }
}
