//! The header of an event.

use std::sync::Arc;

use es_store::{Position, Timestamp, Topic};
use uuid::Uuid;

use super::metadata::Metadata;
use super::version::Version;
use crate::domain::integrity::EventHash;

/// What the library adds to an event's payload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventHeader {
    /// To whom it happened.
    pub originator_id: Uuid,
    /// Its number in the sequence, where events are numbered.
    pub originator_version: Option<Version>,
    /// When it happened, by the clock of the process that triggered it, where events say it.
    pub timestamp: Option<Timestamp>,
    /// The hash of the event before it; none for the first.
    pub previous_hash: Option<EventHash>,
    /// Its own hash, where events are chained.
    pub event_hash: Option<EventHash>,
    /// The stored name of its type.
    pub topic: Topic,
    /// What was said of it besides what happened, if anything was.
    pub metadata: Option<Arc<Metadata>>,
}

impl EventHeader {
    /// An id of the event, made of its sequence's and its place there: the same wherever it is read. It is what
    /// [`Metadata::caused_by`] names as the cause.
    #[must_use]
    pub fn event_id(&self) -> Uuid {
        let place = self.position().map(|position| position.to_string());
        Uuid::new_v5(&self.originator_id, place.unwrap_or_default().as_bytes())
    }

    /// Its place in a store: its version, or else its time; none where it has neither.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        let version = self.originator_version.map(Position::from);
        version.or_else(|| self.timestamp.map(Position::from))
    }
}
