//! Decoding of single events, outside a replay.

use std::sync::Arc;

use es_store::{Text, Topic};

use super::replay::wrong_type_error;
use crate::domain::aggregate::{Aggregate, DomainEvent, EventKind, Role};
use crate::domain::event::{Decode, EntityKind, EventHeader, RawHeader, Stored};
use crate::domain::integrity::{EventHash, Salt};
use crate::error::Result;

impl<A: Aggregate> DomainEvent<A> {
    /// Decodes an event without its row. The sequence id and the position are those in its header.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    pub(crate) fn decode_text(topic: &Topic, text: Text, salt: &Salt) -> Result<Self> {
        let kind = EventKind::<A>::find(topic.as_str())
            .ok_or_else(|| locate(topic, &text, &parse_header(&text)).unknown())?;
        if kind.role == Role::Creates && A::BASE != A::TOPIC {
            // Other aggregate types may store their `Created` events under the same topic.
            let header = parse_header(&text);
            let originator = header.originator_topic.as_deref();
            let stored = locate(topic, &text, &header);
            if let Some(error) = originator.and_then(|topic| wrong_type_error::<A>(stored, topic)) {
                return Err(error);
            }
        }
        let topic = topic.or_static(kind.topic);
        let (header, payload) = decode_with(A::KIND, kind.decode, &topic, &text, salt)?;
        Ok(Self {
            header,
            payload,
            text,
        })
    }

    /// Decodes a stored event and checks it, except that it follows the event before it.
    ///
    /// # Errors
    ///
    /// [`crate::error::Error::Integrity`], [`crate::error::Error::UnknownTopic`] or [`crate::error::Error::Undecodable`].
    pub(crate) fn decode(stored: Stored<'_>, text: &Text, salt: &Salt) -> Result<Self> {
        let kind = EventKind::<A>::find(stored.topic.as_str()).ok_or_else(|| stored.unknown())?;
        let mut header = RawHeader::default();
        let payload = (kind.decode)(stored.text, &mut header)
            .map_err(|error| stored.undecodable(error, A::KIND, None, salt))?;
        Ok(Self {
            header: checked_header(stored, header, A::KIND, salt)?,
            payload,
            text: text.clone(),
        })
    }
}

/// Decodes an event without its row, with the function of its type.
#[inline]
pub(crate) fn decode_with<E>(
    kind: EntityKind,
    decode: Decode<E>,
    topic: &Topic,
    text: &str,
    salt: &Salt,
) -> Result<(EventHeader, E)> {
    let mut header = RawHeader::default();
    let payload = decode(text, &mut header).map_err(|error| {
        locate(topic, text, &parse_header(text)).undecodable(error, kind, None, salt)
    })?;
    let stored = locate(topic, text, &header);
    Ok((checked_header(stored, header, kind, salt)?, payload))
}

/// Parses a header; an empty one if the text is malformed, because the caller reports that error.
fn parse_header(text: &str) -> RawHeader<'_> {
    RawHeader::parse(text).unwrap_or_default()
}

/// Creates the stored event with the sequence id and the position in its header.
fn locate<'a>(topic: &'a Topic, text: &'a str, header: &RawHeader<'_>) -> Stored<'a> {
    Stored {
        sequence_id: header.id.unwrap_or_default(),
        position: match (header.version, header.timestamp) {
            (None, Some(timestamp)) => timestamp.into(),
            (version, _) => version.unwrap_or_default().into(),
        },
        topic,
        text,
    }
}

/// Checks an event, except that it follows the event before it, and returns its header.
#[inline]
fn checked_header(
    stored: Stored<'_>,
    header: RawHeader<'_>,
    kind: EntityKind,
    salt: &Salt,
) -> Result<EventHeader> {
    let checked = stored.check(&header, kind, None, salt)?;
    Ok(EventHeader {
        originator_id: stored.sequence_id,
        originator_version: checked.version,
        timestamp: checked.timestamp,
        previous_hash: header.previous.as_deref().and_then(EventHash::parse),
        event_hash: checked.hash,
        topic: stored.topic.clone(),
        metadata: header.metadata.map(Arc::new),
    })
}

/// Returns whether this is the topic of an event of `A`.
pub(crate) fn knows_topic<A: Aggregate>(topic: &Topic) -> bool {
    EventKind::<A>::find(topic.as_str()).is_some()
}
