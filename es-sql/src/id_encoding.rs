//! The encoding of sequence ids in databases without a type of UUIDs.

use std::sync::atomic::{AtomicU8, Ordering};

/// The encoding in which a table stores sequence ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdEncoding {
    /// 16 bytes, or the database's own type of UUIDs: our tables, and those of `SQLAlchemy`.
    #[default]
    Bytes,
    /// 32 hexadecimal digits: the tables of Django.
    Digits,
}

impl IdEncoding {
    /// Returns the encoding of a column with this declared type.
    #[must_use]
    pub fn from_declared_type(declared: &str) -> Self {
        if declared.eq_ignore_ascii_case("char(32)") {
            Self::Digits
        } else {
            Self::Bytes
        }
    }

    /// Describes a valid id, for error messages.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Bytes => "16 bytes",
            Self::Digits => "32 hexadecimal digits",
        }
    }
}

/// The encoding of one table, once the catalogue was read.
#[derive(Debug, Default)]
pub struct IdEncodingCache(AtomicU8);

const BYTES: u8 = 1;
const DIGITS: u8 = 2;

impl IdEncodingCache {
    /// Returns the encoding if it is known.
    #[must_use]
    pub fn get(&self) -> Option<IdEncoding> {
        match self.0.load(Ordering::Relaxed) {
            BYTES => Some(IdEncoding::Bytes),
            DIGITS => Some(IdEncoding::Digits),
            _ => None,
        }
    }

    /// Remembers the encoding.
    pub fn set(&self, encoding: IdEncoding) {
        let stored = match encoding {
            IdEncoding::Bytes => BYTES,
            IdEncoding::Digits => DIGITS,
        };
        self.0.store(stored, Ordering::Relaxed);
    }

    /// Forgets the encoding. Call it after a schema change: the table may be made anew with another
    /// one.
    pub fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
