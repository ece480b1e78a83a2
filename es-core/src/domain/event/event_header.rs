//! The header of an event.

use std::sync::Arc;

use es_store::{Position, Timestamp, Topic};
use uuid::Uuid;

use super::metadata::Metadata;
use super::version::Version;
use crate::domain::integrity::EventHash;

/// The header of an event: the fields that the library adds to the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventHeader {
    /// The id of the aggregate, or of the sequence of a standalone event.
    pub originator_id: Uuid,
    /// The number of the event in its sequence; `None` if the type has no versions.
    pub originator_version: Option<Version>,
    /// The time at which the event was triggered, by the clock of that process; `None` if the type
    /// has no times.
    pub timestamp: Option<Timestamp>,
    /// The hash of the event before it; `None` for the first event and outside of a chain.
    pub previous_hash: Option<EventHash>,
    /// The hash of the event; `None` if the type has no hashes.
    pub event_hash: Option<EventHash>,
    /// The stored name of the event's type.
    pub topic: Topic,
    /// The metadata of the unit of work that triggered the event, if it had any.
    pub metadata: Option<Arc<Metadata>>,
}

impl EventHeader {
    /// Returns an id of the event, which is computed from the sequence id and the position, so that
    /// all readers compute the same id. [`Metadata::caused_by`] uses it as the causation id.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        let position = self.position().map(|position| position.to_string());
        Uuid::new_v5(&self.originator_id, position.unwrap_or_default().as_bytes())
    }

    /// Returns the position in the sequence: the version, or the time if there is no version;
    /// `None` if there is neither.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let version = self.originator_version.map(Position::from);
        version.or_else(|| self.timestamp.map(Position::from))
    }
}
