//! The topics of `topics.jsonl`, as this library takes them.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

use es::json::Value;
use es::{Aggregate, Event, Topic};
use vectors::{rows, text};

#[path = "../examples/python_store/domain.rs"]
mod domain;
#[path = "../es-json/tests/support/vectors.rs"]
mod vectors;

/// Python resolves a topic by importing a module; here it is a name that a type of the program has, or has not. What is
/// the same: which texts are topics at all, and that the names of the domain resolve to its types.
#[test]
fn python5_topics_are_names_and_the_domains_resolve() {
    let ours = [
        domain::World::TOPIC.to_owned(),
        domain::Ledger::TOPIC.to_owned(),
        format!(
            "{}.{}",
            domain::World::TOPIC,
            domain::SomethingHappened::NAME
        ),
    ];
    let mut resolved = 0;
    for row in rows("topics.jsonl") {
        let topic = text(&row, "topic").unwrap();
        let is_topic = !topic.is_empty() && topic.matches('#').count() <= 1;
        assert_eq!(Topic::parse(topic).is_ok(), is_topic, "{topic}");
        if ours.iter().any(|name| name == topic) {
            assert_eq!(text(&row, "get_topic"), Some(topic), "{topic}");
            assert_eq!(row.get("error"), None::<&Value>, "{topic}");
            resolved += 1;
        }
    }
    assert!(resolved > 0);
}
