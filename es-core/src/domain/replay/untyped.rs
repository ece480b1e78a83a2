//! Entities whose types this program does not declare.

use std::collections::BTreeMap;
use std::fmt;

use es_json::Value;
use es_store::{Timestamp, Topic};
use uuid::Uuid;

use crate::domain::event::{Header, Stored, Version, decode, version_of};
use crate::domain::integrity::{EventHash, Salt, Walk, verifier as walk};
use crate::error::{Damage, Error, Result};

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
    id: Uuid,
    topic: Topic,
    version: Option<Version>,
    head: Option<EventHash>,
    created_on: Option<Timestamp>,
    last_modified: Option<Timestamp>,
    is_discarded: bool,
    attributes: BTreeMap<String, Value>,
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

    fn change_attribute(&mut self, mut payload: BTreeMap<String, Value>) {
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

type Mutator = dyn Fn(&mut Untyped, UntypedEvent<'_>) + Send + Sync;

/// An untyped entity in the making: every event passes the checks of a [`Walk`].
pub struct UntypedReplay {
    id: Uuid,
    walk: Walk,
    entity: Option<Untyped>,
    mutate: Box<Mutator>,
}

impl UntypedReplay {
    /// Of the entity with this id, whose events were sealed with `salt`.
    #[must_use]
    pub fn new(id: Uuid, salt: Salt) -> Self {
        Self {
            id,
            walk: Walk::new(salt),
            entity: None,
            mutate: Box::new(|_, _| {}),
        }
    }

    /// Calls `mutate` with each event that neither creates the entity, nor changes an attribute, nor discards it.
    #[must_use]
    pub fn mutate(
        mut self,
        mutate: impl Fn(&mut Untyped, UntypedEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.mutate = Box::new(mutate);
        self
    }

    /// Applies the next event of the sequence, after the checks of a walk.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`].
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        let mut header = Header::default();
        let payload = decode::payload(stored.text, &mut header)
            .map_err(|error| stored.damaged(Damage::Malformed(error)))?;
        self.walk.step(stored, &header)?;
        let Some(entity) = &mut self.entity else {
            self.entity = Some(self.created(stored, header, payload)?);
            return Ok(());
        };
        entity.head = self.walk.head();
        entity.version = version_of(&header).ok();
        entity.last_modified = header.timestamp;
        if walk::discards(stored.topic) {
            entity.is_discarded = true;
        } else if stored.topic.as_str().ends_with(".AttributeChanged") {
            entity.change_attribute(payload);
        } else {
            let event = UntypedEvent {
                topic: stored.topic,
                payload: &payload,
            };
            (self.mutate)(entity, event);
        }
        Ok(())
    }

    fn created(
        &self,
        stored: Stored<'_>,
        header: Header<'_>,
        attributes: BTreeMap<String, Value>,
    ) -> Result<Untyped> {
        let not_created = || stored.damaged(Damage::NotCreated);
        Ok(Untyped {
            id: self.id,
            version: version_of(&header).ok(),
            topic: Topic::stored(&header.originator_topic.ok_or_else(not_created)?),
            head: self.walk.head(),
            created_on: header.timestamp,
            last_modified: header.timestamp,
            is_discarded: false,
            attributes,
        })
    }

    /// The entity, after the last event.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there was no event.
    pub fn finish(self) -> Result<Untyped> {
        self.entity.ok_or(Error::NotFound {
            aggregate: None,
            id: self.id,
        })
    }
}

impl fmt::Debug for UntypedReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedReplay")
            .field("id", &self.id)
            .field("entity", &self.entity)
            .finish_non_exhaustive()
    }
}
