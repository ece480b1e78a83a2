//! Verification of sequences.

use es_store::Topic;

use crate::domain::event::{
    ID_KEY, RawHeader, Stored, Version, check_previous_hash, check_version, version_of,
};
use crate::domain::integrity::{self, EventHash, HASH_KEY, Salt};
use crate::error::{Damage, Result};

/// Verifies a sequence of any types: the hashes, the previous hashes, the versions, the originator
/// ids and the topics.
///
/// It accepts chained events of entities, items that are hashed one by one, and items without
/// hashes. Fewer checks apply to items without hashes.
#[derive(Debug)]
pub struct Verifier {
    salt: Salt,
    previous: Option<Previous>,
    verification: Verification,
}

/// The result of the verification of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// The number of events.
    pub events: u64,
    /// The number of events with a hash.
    pub sealed: u64,
    /// The number of events with a previous hash.
    pub chained: u64,
    /// The hash of the last event, if it has one.
    pub head: Option<EventHash>,
}

#[derive(Debug)]
enum Previous {
    /// An event of an entity, which begins with a `Created` event. Hashes and versions are
    /// optional.
    Entity {
        head: Option<EventHash>,
        version: Option<Version>,
    },
    Discarded,
    /// An item that belongs to no entity.
    Independent,
}

/// Returns whether this is the topic of an event that discards an entity.
pub(crate) fn discards(topic: &Topic) -> bool {
    topic.as_str().ends_with(".Discarded")
}

impl Verifier {
    /// Starts the verification of a sequence. `salt` is the salt of its hashes.
    #[must_use]
    pub fn new(salt: Salt) -> Self {
        Self {
            salt,
            previous: None,
            verification: Verification::default(),
        }
    }

    /// Checks the next event.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`](crate::error::Error::Integrity) if a check fails.
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        let header = RawHeader::parse(stored.text)
            .map_err(|error| stored.damaged(Damage::Malformed(error)))?;
        self.step(stored, &header)
    }

    /// Checks the next event with its parsed header.
    pub(crate) fn step(&mut self, stored: Stored<'_>, header: &RawHeader<'_>) -> Result<()> {
        self.check(stored, header)
            .map_err(|damage| stored.damaged(damage))
    }

    /// Returns the hash of the last event, if it has one.
    pub(crate) fn head(&self) -> Option<EventHash> {
        self.verification.head
    }

    /// Returns the result.
    #[must_use]
    pub fn finish(self) -> Verification {
        self.verification
    }

    fn check(&mut self, stored: Stored<'_>, header: &RawHeader<'_>) -> Result<(), Damage> {
        if header.id.ok_or(Damage::Missing(ID_KEY))? != stored.sequence_id {
            return Err(Damage::OriginatorId);
        }
        self.check_link(header)?;
        stored.check_position(version_of(header).ok(), header.timestamp)?;
        let hash = self.check_hash(stored, header)?;
        let belongs_to_entity = header.originator_topic.is_some()
            || matches!(self.previous, Some(Previous::Entity { .. }));
        self.previous = Some(if !belongs_to_entity {
            Previous::Independent
        } else if discards(stored.topic) {
            Previous::Discarded
        } else {
            Previous::Entity {
                head: hash,
                version: version_of(header).ok(),
            }
        });
        self.verification.events += 1;
        self.verification.sealed += u64::from(hash.is_some());
        self.verification.chained += u64::from(header.previous.is_some());
        self.verification.head = hash;
        Ok(())
    }

    /// Checks that the event follows the one before it.
    fn check_link(&self, header: &RawHeader<'_>) -> Result<(), Damage> {
        let creates = header.originator_topic.is_some();
        match &self.previous {
            // A chain begins with a `Created` event. No item without a hash may precede it or be in
            // it.
            None | Some(Previous::Independent) if header.previous.is_some() && !creates => {
                Err(Damage::NotCreated)
            }
            Some(Previous::Entity { head: None, .. }) if header.previous.is_some() => {
                Err(Damage::PreviousHash)
            }
            Some(Previous::Discarded) => Err(Damage::AfterDiscarded),
            Some(Previous::Entity { .. }) if creates => Err(Damage::CreatedTwice),
            Some(Previous::Entity { head, version }) => {
                head.map_or(Ok(()), |head| check_previous_hash(header, head))?;
                version.map_or(Ok(()), |before| check_version(header, before))
            }
            None | Some(Previous::Independent) => Ok(()),
        }
    }

    /// Verifies the hash. Only an event with none of the keys of a hash chain may lack a hash.
    fn check_hash(
        &self,
        stored: Stored<'_>,
        header: &RawHeader<'_>,
    ) -> Result<Option<EventHash>, Damage> {
        let is_sealed =
            header.topic.is_some() || header.previous.is_some() || header.hash.is_some();
        if !is_sealed {
            return Ok(None);
        }
        if header.hash.is_none() {
            return Err(Damage::Missing(HASH_KEY));
        }
        stored.check_topic(header)?;
        integrity::verify(stored.text, &self.salt).map(Some)
    }
}
