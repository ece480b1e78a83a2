use std::fmt;

use sha2::{Digest, Sha256};

/// The hash of an event, and the head of the entity that it made: SHA-256 as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventHash([u8; EventHash::LEN]);

/// The two digits of each byte.
static HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

impl EventHash {
    /// The number of digits.
    pub const LEN: usize = 64;

    /// What stands in a text until its hash is known.
    pub(crate) const PLACEHOLDER: Self = Self([b'0'; Self::LEN]);

    pub(crate) fn finish(hasher: Sha256) -> Self {
        let mut hex = [0; Self::LEN];
        for (pair, byte) in hex.as_chunks_mut().0.iter_mut().zip(hasher.finalize()) {
            *pair = HEX[usize::from(byte)];
        }
        Self(hex)
    }

    /// Reads a hash from 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex: [u8; Self::LEN] = text.as_bytes().try_into().ok()?;
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        hex.iter().all(is_digit).then_some(Self(hex))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both constructors admit ASCII alone.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
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
