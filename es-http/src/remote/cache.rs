//! The response cache of a remote log.
//!
//! A general HTTP cache would decide by the headers of the server. A Python server sends none of
//! them, although its archived sections are immutable, so the decision is ours. The order of eviction
//! is that of the `lru` crate; the limit in bytes is added here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use es_core::notification_log::SectionRequest;
use lru::LruCache;

/// A cached response.
#[derive(Debug, Clone)]
pub(super) struct CachedSection {
    /// The text of the section, shared with the caller instead of copied.
    pub(super) text: Arc<String>,
    pub(super) freshness: Freshness,
}

/// The condition for using a cached response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Freshness {
    /// The section never changes, so no request is needed.
    Immutable,
    /// The server confirms that its section still has this entity tag.
    Validated(String),
}

/// A cache of sections with a limit in bytes, which evicts the least recently used sections.
pub(super) struct Cache {
    max_bytes: usize,
    entries: Mutex<Entries>,
}

struct Entries {
    /// The sum of the lengths of all texts in `sections`.
    bytes: usize,
    sections: LruCache<SectionRequest, CachedSection>,
}

impl Cache {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            entries: Mutex::new(Entries {
                bytes: 0,
                sections: LruCache::unbounded(),
            }),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a section, which becomes the most recently used one.
    pub(super) fn get(&self, request: SectionRequest) -> Option<CachedSection> {
        self.entries().sections.get(&request).cloned()
    }

    /// Stores a section, unless it exceeds the limit by itself.
    pub(super) fn put(&self, request: SectionRequest, section: CachedSection) {
        let mut entries = self.entries();
        if let Some(replaced) = entries.sections.pop(&request) {
            entries.bytes -= replaced.text.len();
        }
        if section.text.len() > self.max_bytes {
            return;
        }
        entries.bytes += section.text.len();
        entries.sections.put(request, section);
        while entries.bytes > self.max_bytes
            && let Some((_, evicted)) = entries.sections.pop_lru()
        {
            entries.bytes -= evicted.text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> CachedSection {
        CachedSection {
            text: Arc::new(text.into()),
            freshness: Freshness::Immutable,
        }
    }

    #[test]
    fn the_least_recently_used_texts_are_evicted_first() {
        let cache = Cache::new(10);
        let request = |record_id: u64| SectionRequest::containing(record_id);
        for number in 1..=3 {
            cache.put(request(number), section("123"));
        }
        assert!(cache.get(request(1)).is_some());
        cache.put(request(4), section("123"));
        let is_cached = |number| cache.get(request(number)).is_some();
        assert_eq!([1, 2, 3, 4].map(is_cached), [true, false, true, true]);
        cache.put(request(5), section("12345678901"));
        assert!(!is_cached(5), "too long by itself");
        cache.put(request(1), section("1234567890"));
        assert_eq!([1, 3, 4].map(is_cached), [true, false, false]);
    }
}
