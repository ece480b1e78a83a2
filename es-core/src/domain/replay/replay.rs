//! Folding stored events into an aggregate, with every check of the chain.

use std::sync::Arc;

use es_store::{Text, Topic};
use uuid::Uuid;

use crate::domain::aggregate::{Aggregate, Root, applying};
use crate::domain::event::{
    Decode, DomainEvent, EntityKind, EventHeader, EventKind, Header, Link, Role, Stored,
};
use crate::domain::integrity::{EventHash, Salt};
use crate::domain::snapshot::Anchor;
use crate::error::{Damage, Error, Result};

/// An aggregate in the making.
pub struct Replay<A: Aggregate> {
    pub(crate) id: Uuid,
    pub(crate) salt: Salt,
    pub(crate) aggregate: Option<A>,
    /// What the next event must be, where a snapshot was taken up.
    pub(crate) anchor: Option<Anchor>,
    /// Whether a snapshot says that it was discarded.
    pub(crate) ended: bool,
}

impl<A: Aggregate> Replay<A> {
    /// Of the aggregate with this id, whose events were sealed with `salt`.
    pub fn new(id: Uuid, salt: Salt) -> Self {
        Self {
            id,
            salt,
            aggregate: None,
            anchor: None,
            ended: false,
        }
    }

    /// Applies the next event of the sequence, after every check: that it happened to this aggregate, follows the event
    /// before it, and is what its hash says.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`], [`Error::UnknownTopic`], [`Error::Undecodable`] or [`Error::WrongType`].
    pub fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        if let Some(anchor) = self.anchor.take() {
            return self.check_anchor(anchor, stored);
        }
        if self.ended {
            return Err(stored.damaged(Damage::AfterDiscarded));
        }
        match &mut self.aggregate {
            None => self.aggregate = Some(create(stored, &self.salt)?),
            Some(aggregate) => apply(aggregate, stored, &self.salt)?,
        }
        Ok(())
    }

    /// The aggregate, after the last event.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] where there was no event, or it was discarded; [`Error::Integrity`] where there was none at
    /// the version of the snapshot that it began at.
    pub fn finish(self) -> Result<A> {
        let id = self.id;
        let found = self
            .checked()?
            .filter(|aggregate| !aggregate.is_discarded());
        found.ok_or_else(|| Error::NotFound {
            aggregate: Some(A::__TOPIC.clone()),
            id,
        })
    }
}

fn apply<A: Aggregate>(aggregate: &mut A, stored: Stored<'_>, salt: &Salt) -> Result<()> {
    let root = aggregate.__root();
    if root.discarded {
        return Err(stored.damaged(Damage::AfterDiscarded));
    }
    let link = Link {
        head: root.head,
        version: root.version,
    };
    let kind = EventKind::<A>::find(stored.topic.as_str()).ok_or_else(|| stored.unknown())?;
    if kind.role == Role::Creates {
        return Err(stored.damaged(Damage::CreatedTwice));
    }
    let mut header = Header::default();
    let event = (kind.decode)(stored.text, &mut header)
        .map_err(|error| stored.undecodable(error, A::KIND, Some(link), salt))?;
    let checked = stored.check(&header, A::KIND, Some(link), salt)?;
    aggregate.__root_mut().advance(checked);
    applying::apply(aggregate, |aggregate| aggregate.__mutate(&event));
    aggregate.__root_mut().discarded = kind.role == Role::Discards;
    Ok(())
}

fn create<A: Aggregate>(stored: Stored<'_>, salt: &Salt) -> Result<A> {
    let Some(kind) = EventKind::<A>::find(stored.topic.as_str()) else {
        // The sequence may be that of another aggregate, whose events this one does not know.
        return Err(wrong_type::<A>(stored).unwrap_or_else(|| stored.unknown()));
    };
    if kind.role != Role::Creates {
        return Err(stored.damaged(Damage::NotCreated));
    }
    let mut header = Header::default();
    let created = (A::CREATED_OPS.decode)(stored.text, &mut header);
    if let Some(error) = header
        .originator_topic
        .as_deref()
        .and_then(|topic| not_ours::<A>(stored, topic))
    {
        return Err(error);
    }
    let created = created.map_err(|error| stored.undecodable(error, A::KIND, None, salt))?;
    let checked = stored.check(&header, A::KIND, None, salt)?;
    Ok(A::__new(
        created,
        Root::created(stored.sequence_id, checked, salt.clone()),
    ))
}

fn wrong_type<A: Aggregate>(stored: Stored<'_>) -> Option<Error> {
    not_ours::<A>(stored, &stored.originator_topic()?)
}

fn not_ours<A: Aggregate>(stored: Stored<'_>, topic: &str) -> Option<Error> {
    let is_ours = topic == A::TOPIC || A::WAS.contains(&topic);
    (!is_ours).then(|| Error::WrongType {
        id: stored.sequence_id,
        expected: A::__TOPIC.clone(),
        stored: Topic::stored(topic),
    })
}

impl<A: Aggregate> DomainEvent<A> {
    /// Decodes an event that is known without its row: it stands where it says itself.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    pub(crate) fn decode_unplaced(topic: &Topic, text: Text, salt: &Salt) -> Result<Self> {
        let kind = EventKind::<A>::find(topic.as_str())
            .ok_or_else(|| placed(topic, &text, &read_again(&text)).unknown())?;
        if kind.role == Role::Creates && A::BASE != A::TOPIC {
            // Others share the base that it is called after.
            let header = read_again(&text);
            let others = header.originator_topic.as_deref();
            let stored = placed(topic, &text, &header);
            if let Some(error) = others.and_then(|others| not_ours::<A>(stored, others)) {
                return Err(error);
            }
        }
        let topic = topic.or_static(kind.topic);
        let (header, payload) = unplaced(A::KIND, kind.decode, &topic, &text, salt)?;
        Ok(Self {
            header,
            payload,
            text,
        })
    }

    /// Decodes a stored event, and checks all of it but what it follows.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`], [`Error::UnknownTopic`] or [`Error::Undecodable`].
    pub(crate) fn decode(stored: Stored<'_>, text: &Text, salt: &Salt) -> Result<Self> {
        let kind = EventKind::<A>::find(stored.topic.as_str()).ok_or_else(|| stored.unknown())?;
        let mut header = Header::default();
        let payload = (kind.decode)(stored.text, &mut header)
            .map_err(|error| stored.undecodable(error, A::KIND, None, salt))?;
        Ok(Self {
            header: checked(stored, header, A::KIND, salt)?,
            payload,
            text: text.clone(),
        })
    }
}

/// Decodes an event that is known without its row, by the function of its type.
#[inline]
pub(crate) fn unplaced<E>(
    kind: EntityKind,
    decode: Decode<E>,
    topic: &Topic,
    text: &str,
    salt: &Salt,
) -> Result<(EventHeader, E)> {
    let mut header = Header::default();
    let payload = decode(text, &mut header).map_err(|error| {
        placed(topic, text, &read_again(text)).undecodable(error, kind, None, salt)
    })?;
    let stored = placed(topic, text, &header);
    Ok((checked(stored, header, kind, salt)?, payload))
}

/// Only for what it says in an error.
fn read_again(text: &str) -> Header<'_> {
    Header::of(text).unwrap_or_default()
}

/// An event where it says itself that it stands.
fn placed<'a>(topic: &'a Topic, text: &'a str, header: &Header<'_>) -> Stored<'a> {
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

/// All of an event is checked but what it follows.
#[inline]
fn checked(
    stored: Stored<'_>,
    header: Header<'_>,
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

/// Whether events of `A` have this topic.
pub(crate) fn knows<A: Aggregate>(topic: &Topic) -> bool {
    EventKind::<A>::find(topic.as_str()).is_some()
}
