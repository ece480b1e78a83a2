//! Standalone events.

use std::fmt;
use std::sync::Arc;

use es_store::{Text, Timestamp, Topic};
use uuid::Uuid;

use super::standalone::Standalone;
use crate::domain::event::{
    AnyEvent, Chaining, Codec, EventDraft, EventHeader, RawHeader, Stored, Version,
};
use crate::domain::evolution;
use crate::domain::integrity::{self, EventHash, Salt};
use crate::error::Result;

/// A standalone event: a payload and a header. Immutable.
///
/// Two events are equal if their texts and topics are equal.
pub struct StandaloneEvent<E> {
    header: EventHeader,
    payload: E,
    text: Text,
}

impl<E: Standalone> StandaloneEvent<E> {
    /// Triggers an event in a sequence. The version and the time are ignored if its kind does not
    /// have them.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) if the payload cannot be stored.
    pub fn new(
        sequence_id: Uuid,
        version: Version,
        time: Timestamp,
        payload: E,
        salt: &Salt,
    ) -> Result<Self> {
        let draft = EventDraft {
            id: sequence_id,
            version: E::KIND.versions.then(|| version),
            timestamp: E::KIND.times.then(|| time),
            chaining: E::KIND.hashes.then(|| Chaining::Standalone),
            topic: Topic::new(E::NAME),
            originator_topic: None,
            event_version: E::VERSION,
        };
        let sealed = draft.seal(&Codec::new(), &payload, salt)?;
        Ok(Self {
            header: sealed.header,
            payload,
            text: sealed.text,
        })
    }

    /// Rehashes the event with the salt of the store that appends it.
    pub(crate) fn reseal(&mut self, salt: &Salt) {
        if !E::KIND.hashes.is_recorded() {
            return;
        }
        let mut text = self.text.to_string();
        self.header.event_hash = integrity::seal_in_place(&mut text, salt);
        self.text = text.into();
    }

    /// Decodes a stored event and checks it.
    ///
    /// # Errors
    ///
    /// * [`Error::Integrity`](crate::error::Error::Integrity) if the event is damaged;
    /// * [`Error::UnknownTopic`](crate::error::Error::UnknownTopic) if it is an event of another
    ///   type;
    /// * [`Error::Undecodable`](crate::error::Error::Undecodable) or
    ///   [`Error::NewerEvent`](crate::error::Error::NewerEvent) if this program cannot read it.
    pub fn decode(stored: Stored<'_>, text: &Text, salt: &Salt) -> Result<Self> {
        if *stored.topic != *E::NAME && !E::WAS.contains(&stored.topic.as_str()) {
            return Err(stored.unknown());
        }
        let mut header = RawHeader::default();
        let payload = evolution::event::<E>(stored.text, &mut header)
            .map_err(|error| stored.undecodable(error, E::KIND, None, salt))?;
        let checked = stored.check(&header, E::KIND, None, salt)?;
        let header = EventHeader {
            originator_id: stored.sequence_id,
            originator_version: checked.version,
            timestamp: checked.timestamp,
            previous_hash: None,
            event_hash: checked.hash,
            topic: stored.topic.clone(),
            metadata: header.metadata.map(Arc::new),
        };
        Ok(Self {
            header,
            payload,
            text: text.clone(),
        })
    }
}

impl<E> StandaloneEvent<E> {
    /// Returns the id of the sequence.
    pub fn originator_id(&self) -> Uuid {
        self.header.originator_id
    }

    /// Returns the header.
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// Returns the payload.
    pub fn payload(&self) -> &E {
        &self.payload
    }

    /// Converts the event to its payload.
    pub fn into_payload(self) -> E {
        self.payload
    }

    /// Returns the hash of the content; `None` if the type has no hashes.
    pub fn event_hash(&self) -> Option<EventHash> {
        self.header.event_hash
    }

    /// Returns the canonical JSON text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared_text(&self) -> &Text {
        &self.text
    }
}

impl<E: Clone> Clone for StandaloneEvent<E> {
    fn clone(&self) -> Self {
        Self {
            header: self.header.clone(),
            payload: self.payload.clone(),
            text: self.text.clone(),
        }
    }
}

impl<E> PartialEq for StandaloneEvent<E> {
    fn eq(&self, other: &Self) -> bool {
        self.header.topic == other.header.topic && self.text == other.text
    }
}

impl<E> Eq for StandaloneEvent<E> {}

impl<E: fmt::Debug> fmt::Debug for StandaloneEvent<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandaloneEvent")
            .field("originator_id", &self.header.originator_id)
            .field("topic", &self.header.topic)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl<'a, E: Standalone> From<&'a StandaloneEvent<E>> for AnyEvent<'a> {
    fn from(event: &'a StandaloneEvent<E>) -> Self {
        Self::new(&event.header, None, &event.payload, event)
    }
}

impl<'a> AnyEvent<'a> {
    /// Returns the whole event if it is a standalone event with a payload of type `E`.
    #[must_use]
    pub fn standalone<E: Standalone>(&self) -> Option<&'a StandaloneEvent<E>> {
        self.downcast()
    }
}
