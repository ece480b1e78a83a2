//! Tests of the canonical text, the hashes and the chains of all events that Python wrote.

use std::collections::BTreeMap;

use es_core::domain::{Salt, Stored, Verifier, integrity};
use es_json as json;
use es_json::Value;
use es_store::{Position, Topic};
use uuid::Uuid;

use crate::vectors::{rows, text};

#[test]
fn python5_texts_are_canonical_and_hash_to_their_event_hashes() {
    let mut sealed = 0;
    for row in rows("events.jsonl") {
        let stored = text(&row, "state_text").unwrap();
        assert_eq!(json::canonical(stored).unwrap(), stored);
        let salt = Salt::new(text(&row, "salt").unwrap());
        let Some(hash) = text(&row, "event_hash") else {
            assert!(
                integrity::verify(stored, &salt).is_err(),
                "an unsealed event verifies"
            );
            continue;
        };
        assert_eq!(integrity::verify(stored, &salt).unwrap(), hash);
        assert_eq!(integrity::seal(object_of(&row), &salt), hash);
        let other = Salt::new("another salt");
        assert!(
            integrity::verify(stored, &other).is_err(),
            "verifies with another salt"
        );
        sealed += 1;
    }
    assert!(sealed > 0);
}

/// Returns the object in the pre-image `[<object>,<salt>]`.
fn object_of(row: &Value) -> &str {
    let salt = json::to_string(text(row, "salt").unwrap()).unwrap();
    let preimage = text(row, "hash_preimage").unwrap();
    let object = preimage
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    object
        .and_then(|rest| rest.strip_suffix(&*salt)?.strip_suffix(','))
        .unwrap()
}

/// Returns the position of a row; times are text.
fn position(row: &Value) -> Position {
    match row.get("position") {
        Some(Value::Number(number)) => number.as_i64().unwrap().into(),
        Some(Value::String(time)) => time.parse::<es_store::Timestamp>().unwrap().into(),
        _ => Position::Integer(0),
    }
}

#[test]
fn python5_sequences_are_verified_up_to_their_heads() {
    let mut sequences: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for row in rows("events.jsonl") {
        let key = |name| text(&row, name).unwrap().to_owned();
        sequences
            .entry((key("label"), key("sequence")))
            .or_default()
            .push(row);
    }
    assert!(!sequences.is_empty());
    for (name, rows) in sequences {
        let mut verifier = Verifier::new(Salt::new(text(&rows[0], "salt").unwrap()));
        for row in &rows {
            let topic = Topic::stored(text(row, "event_type").unwrap());
            let stored = Stored {
                sequence_id: text(row, "sequence_id").unwrap().parse::<Uuid>().unwrap(),
                position: position(row),
                topic: &topic,
                text: text(row, "state_text").unwrap(),
            };
            verifier
                .apply(stored)
                .unwrap_or_else(|error| panic!("{name:?}: {error}"));
        }
        let verification = verifier.finish();
        let last = rows.last().unwrap();
        assert_eq!(verification.events, rows.len() as u64);
        assert_eq!(
            verification
                .head
                .as_ref()
                .map(es_core::domain::EventHash::as_str),
            text(last, "event_hash"),
            "{name:?}"
        );
    }
}
