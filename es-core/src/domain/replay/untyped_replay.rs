//! Replay of entities with types that this program does not declare.

use std::collections::BTreeMap;
use std::fmt;

use es_json::Value;
use es_store::Topic;
use uuid::Uuid;

use super::untyped::{Untyped, UntypedEvent};
use super::verifier::{self, Verifier};
use crate::domain::event::{RawHeader, Stored, decode, version_of};
use crate::domain::integrity::Salt;
use crate::error::{Damage, Error, Result};

type Mutator = dyn Fn(&mut Untyped, UntypedEvent<'_>) + Send + Sync;

/// A replay of stored events into an untyped entity. A [`Verifier`] checks every event.
pub struct UntypedReplay {
    id: Uuid,
    verifier: Verifier,
    entity: Option<Untyped>,
    mutate: Box<Mutator>,
}

impl UntypedReplay {
    /// Starts a replay of the entity with this id. `salt` is the salt of its hashes.
    #[must_use]
    pub fn new(id: Uuid, salt: Salt) -> Self {
        Self {
            id,
            verifier: Verifier::new(salt),
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

    /// Checks the next event of the sequence as a [`Verifier`] does, and applies it.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if a check fails.
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        let mut header = RawHeader::default();
        let payload = decode::payload(stored.text, &mut header)
            .map_err(|error| stored.damaged(Damage::Malformed(error)))?;
        self.verifier.step(stored, &header)?;
        let Some(entity) = &mut self.entity else {
            self.entity = Some(self.created(stored, header, payload)?);
            return Ok(());
        };
        entity.head = self.verifier.head();
        entity.version = version_of(&header).ok();
        entity.last_modified = header.timestamp;
        if verifier::discards(stored.topic) {
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
        header: RawHeader<'_>,
        attributes: BTreeMap<String, Value>,
    ) -> Result<Untyped> {
        let not_created = || stored.damaged(Damage::NotCreated);
        Ok(Untyped {
            id: self.id,
            version: version_of(&header).ok(),
            topic: Topic::stored(&header.originator_topic.ok_or_else(not_created)?),
            head: self.verifier.head(),
            created_on: header.timestamp,
            last_modified: header.timestamp,
            is_discarded: false,
            attributes,
        })
    }

    /// Returns the entity after the last event.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there was no event.
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
