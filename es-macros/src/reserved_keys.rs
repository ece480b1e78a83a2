//! Keys of stored JSON objects that the format reserves.

/// Keys that the library writes into every event.
const LIBRARY: [&str; 9] = [
    "__event_hash__",
    "__event_topic__",
    "__event_version__",
    "__metadata__",
    "__previous_hash__",
    "originator_id",
    "originator_topic",
    "originator_version",
    "timestamp",
];

/// Keys that mark a JSON object as a value of a special type, such as a decimal.
const MARKS: [&str; 7] = [
    "ISO8601_date",
    "ISO8601_datetime",
    "ISO8601_time",
    "UUID",
    "__class__",
    "__decimal__",
    "__deque__",
];

/// Returns the reason why a payload cannot have the key, if it is reserved.
pub(crate) fn fault(key: &str) -> Option<&'static str> {
    if LIBRARY.contains(&key) {
        Some("the library stores its own value there")
    } else {
        mark_fault(key)
    }
}

/// Returns the reason why no stored object can have the key, if it marks a special type.
pub(crate) fn mark_fault(key: &str) -> Option<&'static str> {
    MARKS
        .contains(&key)
        .then_some("it marks a value of a special type")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use es_core::__private::{LIBRARY_KEYS, special_keys};

    use super::{LIBRARY, MARKS};

    #[test]
    fn the_keys_are_those_that_the_library_takes_and_reads() {
        let sorted = |keys: &[&'static str]| keys.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(sorted(&LIBRARY), sorted(&LIBRARY_KEYS));
        assert_eq!(sorted(&MARKS), special_keys().collect());
    }
}
