//! The pairs of keys and values that the library adds to a payload.

use std::fmt::{self, Write};

use es_json as json;

use super::keys::LIBRARY_KEYS;

/// Keys and their values in canonical JSON. One string holds all values.
#[derive(Default)]
pub(super) struct LibraryPairs {
    values: String,
    ends: Vec<(&'static str, usize)>,
}

impl LibraryPairs {
    /// The maximum number of pairs of an event.
    const MAX: usize = LIBRARY_KEYS.len();

    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.ends.clear();
    }

    pub(super) fn push(&mut self, key: &'static str, value: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.values.write_fmt(value);
        self.ends.push((key, self.values.len()));
    }

    pub(super) fn push_string(&mut self, key: &'static str, value: &str) {
        json::write_string(&mut self.values, value);
        self.ends.push((key, self.values.len()));
    }

    pub(super) fn with<R>(&self, use_pairs: impl FnOnce(&[(&str, &str)]) -> R) -> R {
        let mut pairs = [("", ""); Self::MAX];
        let mut start = 0;
        for (pair, (key, end)) in pairs.iter_mut().zip(&self.ends) {
            *pair = (key, &self.values[start..*end]);
            start = *end;
        }
        use_pairs(&pairs[..self.ends.len().min(Self::MAX)])
    }
}
