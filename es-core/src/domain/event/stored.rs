//! A stored event, and the checks of it.

use std::borrow::Cow;
use std::fmt;

use es_store::{Position, TimeUuid, Timestamp, Topic};
use uuid::Uuid;

use super::decode_error::DecodeError;
use super::entity_kind::EntityKind;
use super::keys::{ID_KEY, PREVIOUS_KEY, TIMESTAMP_KEY, TOPIC_KEY, VERSION_KEY};
use super::raw_header::RawHeader;
use super::version::Version;
use crate::domain::integrity::{self, EventHash, Salt};
use crate::error::{Damage, Error, IntegrityError, Result};

/// A stored event: the sequence, position and topic of its row, and its canonical text.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// The sequence.
    pub sequence_id: Uuid,
    /// The position of the row.
    pub position: Position,
    /// The topic of the row.
    pub topic: &'a Topic,
    /// The canonical text.
    pub text: &'a str,
}

/// Omits the text, which may be confidential.
impl fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("sequence_id", &self.sequence_id)
            .field("position", &self.position)
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

/// The header fields of a checked event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventFields {
    pub(crate) version: Option<Version>,
    pub(crate) hash: Option<EventHash>,
    pub(crate) timestamp: Option<Timestamp>,
}

/// The event before the one that is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Predecessor {
    pub(crate) hash: EventHash,
    pub(crate) version: Version,
}

impl<'a> Stored<'a> {
    /// Checks an event in the order of the format: originator id, previous hash, version, topic,
    /// hash. The previous hash and the version are only checked if there is a predecessor. The
    /// position of the row is checked last.
    pub(crate) fn check(
        self,
        header: &RawHeader<'_>,
        kind: EntityKind,
        predecessor: Option<Predecessor>,
        salt: &Salt,
    ) -> Result<EventFields> {
        self.check_all(header, kind, predecessor, salt)
            .map_err(|damage| self.damaged(damage))
    }

    fn check_all(
        self,
        header: &RawHeader<'_>,
        kind: EntityKind,
        predecessor: Option<Predecessor>,
        salt: &Salt,
    ) -> Result<EventFields, Damage> {
        if header.id.ok_or(Damage::Missing(ID_KEY))? != self.sequence_id {
            return Err(Damage::OriginatorId);
        }
        if let Some(predecessor) = predecessor {
            if kind.hashes.is_recorded() {
                check_previous_hash(header, predecessor.hash)?;
            }
            if kind.versions.is_recorded() {
                check_version(header, predecessor.version)?;
            }
        }
        let hash = || {
            self.check_topic(header)?;
            integrity::verify(self.text, salt)
        };
        let hash = kind.hashes.then(hash).transpose()?;
        let version = kind.versions.then(|| version_of(header)).transpose()?;
        let timestamp = kind
            .times
            .then(|| header.timestamp.ok_or(Damage::Missing(TIMESTAMP_KEY)))
            .transpose()?;
        self.check_position(version, timestamp)?;
        Ok(EventFields {
            version,
            hash,
            timestamp,
        })
    }

    /// Checks that the position of the row is that of the event.
    pub(crate) fn check_position(
        self,
        version: Option<Version>,
        timestamp: Option<Timestamp>,
    ) -> Result<(), Damage> {
        let is_valid = match self.position {
            Position::Integer(_) => version.is_none_or(|version| self.position == version.into()),
            Position::Timestamp(_) => {
                timestamp.is_none_or(|timestamp| self.position == timestamp.into())
            }
            Position::TimeUuid(id) => {
                TimeUuid::from_event(self.text).is_none_or(|event| event == id)
            }
        };
        if is_valid {
            Ok(())
        } else {
            Err(Damage::Position)
        }
    }

    pub(crate) fn check_topic(self, header: &RawHeader<'_>) -> Result<(), Damage> {
        match header.topic.as_deref() {
            None => Err(Damage::Missing(TOPIC_KEY)),
            Some(topic) if *self.topic == *topic => Ok(()),
            Some(_) => Err(Damage::Topic),
        }
    }

    /// Returns the error of an event that cannot be decoded: its damage, if there is any; otherwise
    /// the error of an event that does not fit this program's type.
    pub(crate) fn undecodable(
        self,
        error: impl Into<DecodeError>,
        kind: EntityKind,
        predecessor: Option<Predecessor>,
        salt: &Salt,
    ) -> Error {
        let header = match RawHeader::parse(self.text) {
            Ok(header) => header,
            Err(error) => return self.damaged(Damage::Malformed(error)),
        };
        match self.check(&header, kind, predecessor, salt) {
            Err(damage) => damage,
            Ok(_) => self.type_error(error.into()),
        }
    }

    /// Returns the error of an undamaged event that does not fit this program's type.
    fn type_error(self, error: DecodeError) -> Error {
        let (topic, sequence_id, position) = (self.topic.clone(), self.sequence_id, self.position);
        match error {
            DecodeError::Json(source) => Error::Undecodable {
                topic,
                sequence_id,
                position,
                source,
            },
            DecodeError::Newer { stored, known } => Error::NewerEvent {
                topic,
                sequence_id,
                position,
                stored,
                known,
            },
            DecodeError::UnknownTopic => self.unknown(),
        }
    }

    pub(crate) fn damaged(self, damage: Damage) -> Error {
        IntegrityError {
            sequence_id: self.sequence_id,
            position: self.position,
            damage,
        }
        .into()
    }

    pub(crate) fn unknown(self) -> Error {
        Error::UnknownTopic {
            topic: self.topic.clone(),
            sequence_id: self.sequence_id,
            position: self.position,
        }
    }

    pub(crate) fn originator_topic(self) -> Option<Cow<'a, str>> {
        RawHeader::parse(self.text).ok()?.originator_topic
    }
}

/// Checks that the previous hash of an event is the hash of the event before it.
pub(crate) fn check_previous_hash(header: &RawHeader<'_>, head: EventHash) -> Result<(), Damage> {
    match header.previous.as_deref() {
        None => Err(Damage::Missing(PREVIOUS_KEY)),
        Some(previous) if head == *previous => Ok(()),
        Some(_) => Err(Damage::PreviousHash),
    }
}

/// Checks that the version of an event is the next one after `before`.
pub(crate) fn check_version(header: &RawHeader<'_>, before: Version) -> Result<(), Damage> {
    let (found, expected) = (version_of(header)?, before.next());
    if found == expected {
        Ok(())
    } else {
        Err(Damage::Version {
            expected: expected.get(),
            found: found.get(),
        })
    }
}

pub(crate) fn version_of(header: &RawHeader<'_>) -> Result<Version, Damage> {
    let version = header.version.ok_or(Damage::Missing(VERSION_KEY))?;
    u64::try_from(version)
        .map(Version::new)
        .map_err(|_| Damage::Position)
}
