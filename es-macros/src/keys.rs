//! Keys of stored objects: which are taken, and how serde names fields.

/// Keys that the format gives to every event.
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

/// Keys that make an object another value in the format.
const MARKS: [&str; 7] = [
    "ISO8601_date",
    "ISO8601_datetime",
    "ISO8601_time",
    "UUID",
    "__class__",
    "__decimal__",
    "__deque__",
];

/// Why a payload cannot have a key, if it cannot.
pub(crate) fn fault(key: &str) -> Option<&'static str> {
    if LIBRARY.contains(&key) {
        Some("the library stores its own value there")
    } else {
        mark_fault(key)
    }
}

/// Why no stored object can have a key, if it cannot.
pub(crate) fn mark_fault(key: &str) -> Option<&'static str> {
    MARKS
        .contains(&key)
        .then_some("in a stored object it marks a value of a special type")
}

/// How `#[serde(rename_all = "…")]` names a field.
pub(crate) fn renamed(rule: &str, field: &str) -> String {
    match rule {
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        "PascalCase" => pascal(field),
        "camelCase" => camel(field),
        _ => field.to_owned(),
    }
}

fn pascal(field: &str) -> String {
    let mut out = String::new();
    let mut start = true;
    for letter in field.chars() {
        match letter {
            '_' => start = true,
            _ if start => {
                out.push(letter.to_ascii_uppercase());
                start = false;
            }
            _ => out.push(letter),
        }
    }
    out
}

fn camel(field: &str) -> String {
    let pascal = pascal(field);
    let mut letters = pascal.chars();
    letters.next().map_or_else(String::new, |first| {
        [first.to_ascii_lowercase()]
            .into_iter()
            .chain(letters)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use es_core::__private::{LIBRARY_KEYS, marks};

    use super::{LIBRARY, MARKS, renamed};

    #[test]
    fn the_keys_are_those_that_the_library_takes_and_reads() {
        let sorted = |keys: &[&'static str]| keys.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(sorted(&LIBRARY), sorted(&LIBRARY_KEYS));
        assert_eq!(sorted(&MARKS), marks().collect());
    }

    #[test]
    fn fields_are_renamed_as_serde_does() {
        let rules = [
            ("lowercase", "what_else"),
            ("UPPERCASE", "WHAT_ELSE"),
            ("PascalCase", "WhatElse"),
            ("camelCase", "whatElse"),
            ("snake_case", "what_else"),
            ("SCREAMING_SNAKE_CASE", "WHAT_ELSE"),
            ("kebab-case", "what-else"),
            ("SCREAMING-KEBAB-CASE", "WHAT-ELSE"),
        ];
        for (rule, expected) in rules {
            assert_eq!(renamed(rule, "what_else"), expected);
        }
    }
}
