//! Making events happen: construct, seal, apply, keep as pending.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::Arc;

use uuid::Uuid;

use super::decode::{
    ID_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY, TIMESTAMP_KEY, TOPIC_KEY, VERSION_KEY,
};
use super::integrity::{self, HASH_KEY};
use super::ops::Encode;
use super::salt::genesis;
use super::stored::Checked;
use super::{Aggregate, DomainEvent, EventHash, EventHeader, Ops, Root, Salt, Version};
use crate::error::{Error, Result};
use crate::json;
use crate::time::Timestamp;
use crate::topic::Topic;

pub(crate) fn trigger<A: Aggregate, E>(aggregate: &mut A, ops: &Ops<A, E>, event: E) -> Result<()> {
    let root = aggregate.__root();
    if root.discarded {
        return Err(Error::Discarded { id: root.id });
    }
    let facts = Facts {
        id: root.id,
        version: root.version.next(),
        timestamp: Timestamp::now(),
        previous: Some(root.head),
        topic: ops.topic,
        originator_topic: None,
    };
    let sealed = facts.seal(ops.encode, &event, &root.salt)?;
    aggregate.__root_mut().advance(sealed.checked());
    (ops.mutate)(&event, aggregate);
    aggregate
        .__root_mut()
        .pending
        .push(sealed.with_payload((ops.wrap)(event)));
    Ok(())
}

/// Creates an aggregate: it has one pending event, and needs no database.
pub fn create<A: Aggregate>(id: Uuid, created: A::Created) -> Result<A> {
    let ops = &A::CREATED_OPS;
    let salt = Salt::of_process();
    let facts = Facts {
        id,
        version: Version::FIRST,
        timestamp: Timestamp::now(),
        previous: None,
        topic: ops.topic,
        originator_topic: Some(A::TOPIC),
    };
    let sealed = facts.seal(ops.encode, &created, &salt)?;
    let root = Root::created(id, sealed.checked(), salt);
    let mut aggregate = A::__new(ops.clone(&created), root);
    aggregate
        .__root_mut()
        .pending
        .push(sealed.with_payload((ops.wrap)(created)));
    Ok(aggregate)
}

/// What the library knows of an event that is about to happen.
struct Facts {
    id: Uuid,
    version: Version,
    timestamp: Timestamp,
    previous: Option<EventHash>,
    topic: &'static str,
    originator_topic: Option<&'static str>,
}

struct Sealed {
    header: EventHeader,
    text: Arc<str>,
}

impl Sealed {
    fn checked(&self) -> Checked {
        Checked {
            version: self.header.originator_version,
            hash: self.header.event_hash,
            timestamp: self.header.timestamp,
        }
    }

    fn with_payload<A: Aggregate>(self, payload: A::Event) -> DomainEvent<A> {
        DomainEvent {
            header: self.header,
            payload,
            text: self.text,
        }
    }
}

/// Texts under way, kept so that triggering allocates only what it keeps.
#[derive(Default)]
struct Scratch {
    event: String,
    pairs: Pairs,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Facts {
    fn seal<E>(&self, encode: Encode<E>, payload: &E, salt: &Salt) -> Result<Sealed> {
        // A payload whose serialisation triggers events itself finds the scratch taken.
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.seal_in(&mut scratch, encode, payload, salt),
            Err(_) => self.seal_in(&mut Scratch::default(), encode, payload, salt),
        })
    }

    fn seal_in<E>(
        &self,
        scratch: &mut Scratch,
        encode: Encode<E>,
        payload: &E,
        salt: &Salt,
    ) -> Result<Sealed> {
        let Scratch { event, pairs } = scratch;
        event.clear();
        self.write_pairs(pairs);
        let invalid = |source| Error::InvalidEvent {
            topic: Topic::checked(self.topic),
            source,
        };
        pairs
            .with(|pairs| encode(event, pairs, payload))
            .map_err(invalid)?;
        let event_hash = integrity::seal_in_place(event, salt).unwrap_or(EventHash::PLACEHOLDER);
        debug_assert_ne!(
            event_hash,
            EventHash::PLACEHOLDER,
            "the placeholder was just written"
        );
        let header = EventHeader {
            originator_id: self.id,
            originator_version: self.version,
            timestamp: self.timestamp,
            previous_hash: self.previous,
            event_hash,
            topic: Topic::checked(self.topic),
        };
        Ok(Sealed {
            header,
            text: Arc::from(event.as_str()),
        })
    }

    /// The library's pairs, in the order of their keys.
    fn write_pairs(&self, pairs: &mut Pairs) {
        pairs.clear();
        pairs.push(HASH_KEY, format_args!("\"{}\"", EventHash::PLACEHOLDER));
        pairs.push_string(TOPIC_KEY, self.topic);
        match &self.previous {
            Some(hash) => pairs.push(PREVIOUS_KEY, format_args!("\"{hash}\"")),
            None => pairs.push(PREVIOUS_KEY, format_args!("{}", genesis())),
        }
        pairs.push(
            ID_KEY,
            format_args!("{{\"UUID\":\"{}\"}}", self.id.simple()),
        );
        if let Some(topic) = self.originator_topic {
            pairs.push_string(ORIGINATOR_TOPIC_KEY, topic);
        }
        pairs.push(VERSION_KEY, format_args!("{}", self.version));
        pairs.push(
            TIMESTAMP_KEY,
            format_args!("{{\"__decimal__\":\"{}\"}}", self.timestamp),
        );
    }
}

/// Keys with values in canonical JSON, in one string.
#[derive(Default)]
struct Pairs {
    values: String,
    ends: Vec<(&'static str, usize)>,
}

impl Pairs {
    /// The most that an event has.
    const MOST: usize = 7;

    fn clear(&mut self) {
        self.values.clear();
        self.ends.clear();
    }

    fn push(&mut self, key: &'static str, value: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.values.write_fmt(value);
        self.ends.push((key, self.values.len()));
    }

    fn push_string(&mut self, key: &'static str, value: &str) {
        json::write_string(&mut self.values, value);
        self.ends.push((key, self.values.len()));
    }

    fn with<R>(&self, use_pairs: impl FnOnce(&[(&str, &str)]) -> R) -> R {
        let mut pairs = [("", ""); Self::MOST];
        let mut start = 0;
        for (pair, (key, end)) in pairs.iter_mut().zip(&self.ends) {
            *pair = (key, &self.values[start..*end]);
            start = *end;
        }
        use_pairs(&pairs[..self.ends.len().min(Self::MOST)])
    }
}

/// A new id, in the order of time, so that new sequences stand beside each other in a store's index.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
