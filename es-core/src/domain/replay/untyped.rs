//! Entities whose types this program does not declare.

use std::collections::BTreeMap;

use es_json::Value;
use es_store::{Timestamp, Topic};
use uuid::Uuid;

use crate::domain::event::Version;
use crate::domain::integrity::EventHash;

/// An entity of any type, as its stored events tell it: its attributes are a map of JSON values.
///
/// What its first event gave under a name, and what was changed since, stands under that name. A change is stored under the
/// name of the attribute with `_` before it (`_ruler`); where the first event gave the name without it (`ruler`), that is
/// what changes. Other events change nothing, unless a function says how
/// ([`UntypedQuery::mutate`](crate::repository::UntypedQuery::mutate)).
///
/// A discarded entity is no error here: it is as it was, and [`is_discarded`](Self::is_discarded).
#[derive(Debug, Clone, PartialEq)]
pub struct Untyped {
    pub(super) id: Uuid,
    pub(super) topic: Topic,
    pub(super) version: Option<Version>,
    pub(super) head: Option<EventHash>,
    pub(super) created_on: Option<Timestamp>,
    pub(super) last_modified: Option<Timestamp>,
    pub(super) is_discarded: bool,
    pub(super) attributes: BTreeMap<String, Value>,
}

impl Untyped {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The topic of its type.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// The version of its last event, where they are numbered.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The hash of its last event, where they are chained.
    #[must_use]
    pub fn head(&self) -> Option<EventHash> {
        self.head
    }

    /// When it was created, where its events say it.
    #[must_use]
    pub fn created_on(&self) -> Option<Timestamp> {
        self.created_on
    }

    /// When its last event happened, where they say it.
    #[must_use]
    pub fn last_modified(&self) -> Option<Timestamp> {
        self.last_modified
    }

    /// Whether it was discarded.
    #[must_use]
    pub fn is_discarded(&self) -> bool {
        self.is_discarded
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name)
    }

    /// All attributes.
    #[must_use]
    pub fn attributes(&self) -> &BTreeMap<String, Value> {
        &self.attributes
    }

    /// All attributes, for a function that says what other events change.
    pub fn attributes_mut(&mut self) -> &mut BTreeMap<String, Value> {
        &mut self.attributes
    }

    pub(super) fn change_attribute(&mut self, mut payload: BTreeMap<String, Value>) {
        let (Some(Value::String(name)), Some(value)) =
            (payload.remove("name"), payload.remove("value"))
        else {
            return;
        };
        let given = name
            .strip_prefix('_')
            .and_then(|name| self.attributes.get_mut(name));
        match given {
            Some(given) => *given = value,
            None => {
                self.attributes.insert(name, value);
            }
        }
    }
}

/// An event of an untyped entity that the library does not know.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct UntypedEvent<'a> {
    /// The stored name of its type.
    pub topic: &'a Topic,
    /// What it holds besides the library's own keys.
    pub payload: &'a BTreeMap<String, Value>,
}

impl<'a> UntypedEvent<'a> {
    /// The last part of its topic, such as `SomethingHappened`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        let topic = self.topic.as_str();
        topic.rsplit(['.', '#']).next().unwrap_or(topic)
    }
}
