//! The hash of an event.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The hash of an event, and the head of the entity after the event: SHA-256 as 64 lower-case
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash([u8; EventHash::LEN]);

impl EventHash {
    /// The number of digits.
    pub const LEN: usize = 64;

    /// The placeholder in a text until its hash is computed.
    pub(crate) const PLACEHOLDER: Self = Self([b'0'; Self::LEN]);

    pub(crate) fn from_hasher(hasher: Sha256) -> Self {
        let bytes: Digest = hasher.finalize().into();
        let mut hex = [0; Self::LEN];
        for (pair, byte) in hex.as_chunks_mut().0.iter_mut().zip(bytes) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        Self(hex)
    }

    /// Returns whether this is the hash of a hasher's input. Parsing these digits is faster than
    /// formatting the hasher's result, because it need not wait for the result.
    pub(crate) fn matches(&self, hasher: Sha256) -> bool {
        let mut bytes = Digest::default();
        for (byte, [high, low]) in bytes.iter_mut().zip(self.0.as_chunks().0) {
            *byte = number(*high) << 4 | number(*low);
        }
        Digest::from(hasher.finalize()) == bytes
    }

    /// Parses a hash of 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex: [u8; Self::LEN] = text.as_bytes().try_into().ok()?;
        let is_digit = |byte: u8| byte.is_ascii_digit() | matches!(byte, b'a'..=b'f');
        // Code without a branch per byte can be vectorised.
        let is_hash = hex.iter().fold(true, |all, byte| all & is_digit(*byte));
        is_hash.then_some(Self(hex))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both constructors accept only ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

type Digest = [u8; EventHash::LEN / 2];

/// Returns the number of a digit that [`EventHash::parse`] accepts.
const fn number(digit: u8) -> u8 {
    (digit & 15) + 9 * (digit >> 6)
}

/// Returns the digit of a number below 16. Code without a table can be vectorised.
const fn digit(number: u8) -> u8 {
    number + if number < 10 { b'0' } else { b'a' - 10 }
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<str> for EventHash {
    fn eq(&self, other: &str) -> bool {
        self.0 == *other.as_bytes()
    }
}

impl PartialEq<&str> for EventHash {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_is_read_as_it_was_written() {
        for value in 0..16 {
            assert_eq!(number(digit(value)), value);
        }
    }

    #[test]
    fn only_the_hasher_of_the_same_makes_a_hash() {
        let hasher = |text| Sha256::new_with_prefix(text);
        let hash = EventHash::from_hasher(hasher("a"));
        assert!(hash.matches(hasher("a")) && !hash.matches(hasher("b")));
        for (index, byte) in hash.0.into_iter().enumerate() {
            let mut other = hash;
            other.0[index] = if byte == b'0' { b'1' } else { b'0' };
            assert!(!other.matches(hasher("a")), "digit {index}");
        }
    }
}
