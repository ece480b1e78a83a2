//! Tests against the topics of `topics.jsonl`.

use es::json::Value;
use es::{Aggregate, Event, Topic};

use crate::python5_domain;
use crate::vectors::{rows, text};

/// Python resolves a topic by importing a module; here a topic is the name of a type in the
/// program. Both agree on the texts that are topics, and the names of the domain resolve to its
/// types.
#[test]
fn python5_topics_are_names_and_the_domains_resolve() {
    let ours = [
        python5_domain::World::TOPIC.to_owned(),
        python5_domain::Ledger::TOPIC.to_owned(),
        format!(
            "{}.{}",
            python5_domain::World::TOPIC,
            python5_domain::SomethingHappened::NAME
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
