//! The texts of sections, the least used of which go first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use es_core::notification_log::SectionRequest;

/// What was answered.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Shared as it was received, without being copied.
    pub(super) text: Arc<String>,
    pub(super) freshness: Freshness,
}

/// When a kept answer may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Freshness {
    /// At once: it never changes.
    Final,
    /// Where the server says that it still has this tag.
    Tagged(String),
}

pub(super) struct Cache {
    max_bytes: usize,
    kept: Mutex<Entries>,
}

/// Invariants: `by_use` has one entry for each of `by_request`, under its `used`; `bytes` is the length of all texts.
#[derive(Default)]
struct Entries {
    clock: u64,
    bytes: usize,
    by_request: HashMap<SectionRequest, Entry>,
    by_use: BTreeMap<u64, SectionRequest>,
}

struct Entry {
    kept: Kept,
    used: u64,
}

impl Cache {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            kept: Mutex::default(),
        }
    }

    pub(super) fn get(&self, request: SectionRequest) -> Option<Kept> {
        let mut entries = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = entries.remove(request)?;
        entries.insert(request, kept.clone());
        Some(kept)
    }

    pub(super) fn keep(&self, request: SectionRequest, kept: Kept) {
        let mut entries = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(request);
        if kept.text.len() > self.max_bytes {
            return;
        }
        entries.insert(request, kept);
        while entries.bytes > self.max_bytes {
            let Some((_, oldest)) = entries.by_use.first_key_value() else {
                break;
            };
            let oldest = *oldest;
            entries.remove(oldest);
        }
    }
}

impl Entries {
    fn insert(&mut self, request: SectionRequest, kept: Kept) {
        self.clock += 1;
        self.bytes += kept.text.len();
        self.by_use.insert(self.clock, request);
        let used = self.clock;
        self.by_request.insert(request, Entry { kept, used });
    }

    fn remove(&mut self, request: SectionRequest) -> Option<Kept> {
        let entry = self.by_request.remove(&request)?;
        self.by_use.remove(&entry.used);
        self.bytes -= entry.kept.text.len();
        Some(entry.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Kept {
        Kept {
            text: Arc::new(text.into()),
            freshness: Freshness::Final,
        }
    }

    #[test]
    fn the_least_used_texts_go_first() {
        let cache = Cache::new(10);
        let request = |record_id: u64| SectionRequest::containing(record_id);
        for number in 1..=3 {
            cache.keep(request(number), kept("123"));
        }
        assert!(cache.get(request(1)).is_some());
        cache.keep(request(4), kept("123"));
        let is_kept = |number| cache.get(request(number)).is_some();
        assert_eq!([1, 2, 3, 4].map(is_kept), [true, false, true, true]);
        cache.keep(request(5), kept("12345678901"));
        assert!(!is_kept(5), "too long by itself");
        cache.keep(request(1), kept("1234567890"));
        assert_eq!([1, 3, 4].map(is_kept), [true, false, false]);
    }
}
