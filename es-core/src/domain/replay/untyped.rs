//! Entities of types that this program does not declare.

use std::collections::BTreeMap;

use es_json::Value;
use es_store::{Timestamp, Topic};
use uuid::Uuid;

use crate::domain::event::Version;
use crate::domain::integrity::EventHash;

/// An entity of any type, replayed from its stored events. Its attributes are a map of JSON values.
///
/// The map contains the fields of the first event and the changes since. A stored change names its
/// attribute with `_` before it (`_ruler`). If the map has the name without it (`ruler`), that
/// attribute is changed. Other events change nothing, unless a function is set with
/// [`UntypedQuery::mutate`](crate::repository::UntypedQuery::mutate).
///
/// A discarded entity is not an error: it has its last state, and
/// [`is_discarded`](Self::is_discarded) returns `true`.
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
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Returns the topic of the type.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns the version of the last event; `None` if the type has no versions.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// Returns the hash of the last event; `None` if the type has no hashes.
    #[must_use]
    pub fn head(&self) -> Option<EventHash> {
        self.head
    }

    /// Returns the time of the first event; `None` if the type has no times.
    #[must_use]
    pub fn created_on(&self) -> Option<Timestamp> {
        self.created_on
    }

    /// Returns the time of the last event; `None` if the type has no times.
    #[must_use]
    pub fn last_modified(&self) -> Option<Timestamp> {
        self.last_modified
    }

    /// Returns whether the entity is discarded.
    #[must_use]
    pub fn is_discarded(&self) -> bool {
        self.is_discarded
    }

    /// Returns the value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name)
    }

    /// Returns all attributes.
    #[must_use]
    pub fn attributes(&self) -> &BTreeMap<String, Value> {
        &self.attributes
    }

    /// Returns all attributes mutably, for a function that applies events.
    pub fn attributes_mut(&mut self) -> &mut BTreeMap<String, Value> {
        &mut self.attributes
    }

    pub(super) fn change_attribute(&mut self, mut payload: BTreeMap<String, Value>) {
        let (Some(Value::String(name)), Some(value)) =
            (payload.remove("name"), payload.remove("value"))
        else {
            return;
        };
        let attribute = name
            .strip_prefix('_')
            .and_then(|name| self.attributes.get_mut(name));
        match attribute {
            Some(attribute) => *attribute = value,
            None => {
                self.attributes.insert(name, value);
            }
        }
    }
}

/// An event of an untyped entity that is not one of the library's own.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct UntypedEvent<'a> {
    /// The stored name of the event's type.
    pub topic: &'a Topic,
    /// The fields of the payload, without the library's keys.
    pub payload: &'a BTreeMap<String, Value>,
}

impl<'a> UntypedEvent<'a> {
    /// Returns the last part of the topic, such as `SomethingHappened`.
    #[must_use]
    pub fn name(&self) -> &'a str {
        let topic = self.topic.as_str();
        topic.rsplit(['.', '#']).next().unwrap_or(topic)
    }
}
