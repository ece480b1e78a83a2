//! Verification of sequences.

use es_store::Topic;

use crate::domain::event::{
    ID_KEY, RawHeader, Stored, Version, check_previous_hash, check_version, version_of,
};
use crate::domain::integrity::{self, EventHash, HASH_KEY, Salt};
use crate::error::{Damage, Result};

/// Checks a sequence without knowing its types: every hash, what each event follows, whose it is and what it is called.
///
/// It takes any sequence: chained events of entities, items that are sealed one by one, and unsealed ones, of which there
/// is little to check.
#[derive(Debug)]
pub struct Verifier {
    salt: Salt,
    previous: Option<Previous>,
    verification: Verification,
}

/// What a walk has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Verification {
    /// The events.
    pub events: u64,
    /// Those of them that hold a hash.
    pub sealed: u64,
    /// Those of them that hold the hash of the event before.
    pub chained: u64,
    /// The hash of the last event.
    pub head: Option<EventHash>,
}

#[derive(Debug)]
enum Previous {
    /// Of an entity, which began with a `Created` event. Not all are chained, and not all count their versions.
    OfEntity {
        head: Option<EventHash>,
        version: Option<Version>,
    },
    Discarded,
    /// An item that follows nothing.
    Independent,
}

/// Whether events of this topic end an entity.
pub(crate) fn discards(topic: &Topic) -> bool {
    topic.as_str().ends_with(".Discarded")
}

impl Verifier {
    /// Of a sequence whose events were sealed with `salt`.
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
    /// [`Error::Integrity`](crate::error::Error::Integrity).
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        let header = RawHeader::parse(stored.text)
            .map_err(|error| stored.damaged(Damage::Malformed(error)))?;
        self.step(stored, &header)
    }

    /// Checks the next event, whose header was read already.
    pub(crate) fn step(&mut self, stored: Stored<'_>, header: &RawHeader<'_>) -> Result<()> {
        self.check(stored, header)
            .map_err(|damage| stored.damaged(damage))
    }

    /// The hash of the last event.
    pub(crate) fn head(&self) -> Option<EventHash> {
        self.verification.head
    }

    /// What was seen.
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
        let is_of_entity = header.originator_topic.is_some()
            || matches!(self.previous, Some(Previous::OfEntity { .. }));
        self.previous = Some(if !is_of_entity {
            Previous::Independent
        } else if discards(stored.topic) {
            Previous::Discarded
        } else {
            Previous::OfEntity {
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

    /// What the event follows.
    fn check_link(&self, header: &RawHeader<'_>) -> Result<(), Damage> {
        let creates = header.originator_topic.is_some();
        match &self.previous {
            // A chain begins with the event that creates; nothing unsealed stands before or in it.
            None | Some(Previous::Independent) if header.previous.is_some() && !creates => {
                Err(Damage::NotCreated)
            }
            Some(Previous::OfEntity { head: None, .. }) if header.previous.is_some() => {
                Err(Damage::PreviousHash)
            }
            Some(Previous::Discarded) => Err(Damage::AfterDiscarded),
            Some(Previous::OfEntity { .. }) if creates => Err(Damage::CreatedTwice),
            Some(Previous::OfEntity { head, version }) => {
                head.map_or(Ok(()), |head| check_previous_hash(header, head))?;
                version.map_or(Ok(()), |before| check_version(header, before))
            }
            None | Some(Previous::Independent) => Ok(()),
        }
    }

    /// An event without a hash is none of a chain; one in a chain, or with any key of one, has a hash.
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
