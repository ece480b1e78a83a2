//! The state of an aggregate in the form of the manifest: an object of the Python object's
//! attributes.

use std::collections::BTreeMap;

use es::json::{self, Value};

use crate::domain::{Entry, Ledger, World, what_it_says};

type Attributes = BTreeMap<String, Value>;

/// The attributes of the domain. Those of the library are compared by its methods.
pub trait State {
    fn attributes(&self) -> Attributes;
}

/// Parses the state in a manifest.
pub fn expected(state: &str) -> Attributes {
    let Ok(Value::Object(attributes)) = Value::parse(state) else {
        return Attributes::new();
    };
    let of_library = |name: &str| name == "_id" || name.starts_with("__");
    let attributes = attributes.into_iter().filter(|(name, _)| !of_library(name));
    attributes
        .map(|(name, value)| {
            if name == "_history" {
                (name, what_happened(value))
            } else {
                (name, value)
            }
        })
        .collect()
}

/// Python's history holds the events; ours holds their texts.
fn what_happened(history: Value) -> Value {
    match history {
        Value::Array(events) => Value::Array(events.into_iter().map(what_it_says).collect()),
        other => other,
    }
}

fn value(value: &impl serde::Serialize) -> Value {
    json::to_string(value)
        .ok()
        .and_then(|text| Value::parse(&text).ok())
        .unwrap_or(Value::Null)
}

impl State for World {
    fn attributes(&self) -> Attributes {
        [
            ("_ruler", self.ruler().clone()),
            ("_history", Value::Array(self.history.clone())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

impl State for Ledger {
    fn attributes(&self) -> Attributes {
        let entry = |entry: &Entry| {
            Value::Object(
                [
                    ("amount", value(&entry.amount)),
                    ("at", entry.at.clone()),
                    ("ref", value(&entry.reference)),
                ]
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            )
        };
        [
            ("_owner", self.owner().clone()),
            ("_rate", self.rate().clone()),
            ("_opened_on", self.opened_on.clone()),
            ("_limits", self.limits.clone()),
            ("_count", value(&self.count)),
            ("_cents", value(&self.cents)),
            (
                "_entries",
                Value::Array(self.entries.iter().map(entry).collect()),
            ),
            ("_notes", Value::Object(self.notes.clone())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}
