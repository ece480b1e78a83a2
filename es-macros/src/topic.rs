//! The rules of topics. The library has the same rules at run time; a test compares the two.

use syn::LitStr;

use crate::errors::Errors;

const MAX_BYTES: usize = 255;

/// Returns the fault of an invalid topic, such as "is empty".
pub(crate) fn fault(topic: &str) -> Option<String> {
    if topic.is_empty() {
        return Some("is empty".to_owned());
    }
    if let Some(bad) = topic.chars().find(|c| !c.is_ascii_graphic()) {
        return Some(if bad.is_whitespace() {
            "contains white space".to_owned()
        } else if bad.is_ascii() {
            format!("contains the control character {bad:?}")
        } else {
            format!("contains `{bad}`, which is not ASCII")
        });
    }
    if topic.matches('#').count() > 1 {
        return Some("contains more than one `#`".to_owned());
    }
    (topic.len() > MAX_BYTES).then(|| format!("has {} characters", topic.len()))
}

/// The rules as text, for error messages.
pub(crate) const RULES: &str =
    "a topic is 1 to 255 ASCII characters without white space, with at most one `#`";

/// Reports an invalid topic. Returns true if the topic is valid.
pub(crate) fn check(literal: &LitStr, errors: &mut Errors) -> bool {
    let fault = fault(&literal.value());
    if let Some(fault) = &fault {
        errors.at(literal, format!("this topic {fault}: {RULES}"));
    }
    fault.is_none()
}

#[cfg(test)]
mod tests {
    use es_store::{MAX_TOPIC_BYTES, Topic};

    use super::{MAX_BYTES, RULES, fault};

    #[test]
    fn the_rules_are_those_of_the_library() {
        assert_eq!(MAX_BYTES, MAX_TOPIC_BYTES);
        let refused = Topic::parse("").expect_err("empty").to_string();
        assert!(
            refused.ends_with(RULES.trim_start_matches("a topic")),
            "{refused}"
        );
        let mut texts: Vec<_> = (0..=255_u8)
            .map(|byte| char::from(byte).to_string())
            .collect();
        texts.extend(["", "##", "a#b", "a#b#c", "日", "a b"].map(str::to_owned));
        texts.extend((254..=257).map(|length| "x".repeat(length)));
        for text in texts {
            let (here, there) = (fault(&text).is_none(), Topic::parse(&text).is_ok());
            assert_eq!(here, there, "{text:?}");
        }
    }

    #[test]
    fn a_valid_topic_has_no_fault() {
        for good in ["World", "worlds#World.Created", &"x".repeat(255)] {
            assert_eq!(fault(good), None);
        }
    }

    #[test]
    fn a_fault_names_the_mistake() {
        let long = "x".repeat(256);
        let faults = ["", "a b", "a\u{7f}", "wörld", "a#b#c", &long].map(fault);
        expect_test::expect![[r#"
            [
                Some(
                    "is empty",
                ),
                Some(
                    "contains white space",
                ),
                Some(
                    "contains the control character '\\u{7f}'",
                ),
                Some(
                    "contains `ö`, which is not ASCII",
                ),
                Some(
                    "contains more than one `#`",
                ),
                Some(
                    "has 256 characters",
                ),
            ]
        "#]]
        .assert_debug_eq(&faults);
    }
}
