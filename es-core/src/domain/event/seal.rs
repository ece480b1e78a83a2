//! The canonical text of an event, and its hash.

use std::cell::RefCell;
use std::fmt::{self, Write};

use es_json as json;
use es_store::{Text, Texts, Timestamp, Topic};
use uuid::Uuid;

use super::event::{DomainEvent, EventHeader};
use super::keys::{
    EVENT_VERSION_KEY, HASH_KEY, ID_KEY, METADATA_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY,
    TIMESTAMP_KEY, TOPIC_KEY, VERSION_KEY,
};
use super::metadata::Metadata;
use super::ops::Encode;
use super::stored::Checked;
use super::version::Version;
use crate::domain::aggregate::Aggregate;
use crate::domain::integrity::{self, EventHash, Salt, genesis};
use crate::error::{Error, Result};

/// What the library knows of an event that is about to happen.
pub(crate) struct Facts {
    pub(crate) id: Uuid,
    pub(crate) version: Option<Version>,
    pub(crate) timestamp: Option<Timestamp>,
    /// None where it is not sealed with a hash.
    pub(crate) chain: Option<Chain>,
    pub(crate) topic: Topic,
    pub(crate) originator_topic: Option<&'static str>,
    pub(crate) event_version: u32,
}

/// What an event that is sealed follows.
#[derive(Clone, Copy)]
pub(crate) enum Chain {
    /// Nothing: it is the first of a chain, and follows what the process calls the genesis.
    Begins,
    /// The event with this hash.
    Follows(EventHash),
    /// It is of no chain.
    Alone,
}

/// An event whose text and hash are made.
pub(crate) struct Sealed {
    pub(crate) header: EventHeader,
    pub(crate) text: Text,
}

impl Sealed {
    pub(crate) fn checked(&self) -> Checked {
        Checked {
            version: self.header.originator_version,
            hash: self.header.event_hash,
            timestamp: self.header.timestamp,
        }
    }

    pub(crate) fn of_aggregate<A: Aggregate>(self, payload: A::Event) -> DomainEvent<A> {
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
    texts: Texts,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Facts {
    pub(crate) fn seal<E>(self, encode: Encode<E>, payload: &E, salt: &Salt) -> Result<Sealed> {
        // A payload whose serialisation triggers events itself finds the scratch taken.
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.seal_in(&mut scratch, encode, payload, salt),
            Err(_) => self.seal_in(&mut Scratch::default(), encode, payload, salt),
        })
    }

    fn seal_in<E>(
        self,
        scratch: &mut Scratch,
        encode: Encode<E>,
        payload: &E,
        salt: &Salt,
    ) -> Result<Sealed> {
        let Scratch {
            event,
            pairs,
            texts,
        } = scratch;
        event.clear();
        let metadata = Metadata::current();
        let written = self
            .write_pairs(metadata.as_deref(), pairs)
            .and_then(|()| pairs.with(|pairs| encode(event, pairs, payload)));
        if let Err(source) = written {
            return Err(Error::InvalidEvent {
                topic: self.topic,
                source,
            });
        }
        let event_hash = self
            .chain
            .and_then(|_| integrity::seal_in_place(event, salt));
        debug_assert_eq!(
            event_hash.is_some(),
            self.chain.is_some(),
            "the placeholder was just written"
        );
        let header = EventHeader {
            originator_id: self.id,
            originator_version: self.version,
            timestamp: self.timestamp,
            previous_hash: match self.chain {
                Some(Chain::Follows(hash)) => Some(hash),
                _ => None,
            },
            event_hash,
            topic: self.topic,
            metadata,
        };
        Ok(Sealed {
            header,
            text: texts.copied(event),
        })
    }

    /// The library's pairs, in the order of their keys.
    fn write_pairs(
        &self,
        metadata: Option<&Metadata>,
        pairs: &mut Pairs,
    ) -> Result<(), json::Error> {
        pairs.clear();
        if self.chain.is_some() {
            pairs.push(HASH_KEY, format_args!("\"{}\"", EventHash::PLACEHOLDER));
            pairs.push_string(TOPIC_KEY, self.topic.as_str());
        }
        if self.event_version > 1 {
            pairs.push(EVENT_VERSION_KEY, format_args!("{}", self.event_version));
        }
        if let Some(metadata) = metadata {
            pairs.push(METADATA_KEY, format_args!("{}", json::to_string(metadata)?));
        }
        if let Some(chain) = self.chain {
            match chain {
                Chain::Begins => pairs.push(PREVIOUS_KEY, format_args!("{}", genesis())),
                Chain::Follows(hash) => pairs.push(PREVIOUS_KEY, format_args!("\"{hash}\"")),
                Chain::Alone => {}
            }
        }
        pairs.push(
            ID_KEY,
            format_args!("{{\"UUID\":\"{}\"}}", self.id.simple()),
        );
        if let Some(topic) = self.originator_topic {
            pairs.push_string(ORIGINATOR_TOPIC_KEY, topic);
        }
        if let Some(version) = self.version {
            pairs.push(VERSION_KEY, format_args!("{version}"));
        }
        if let Some(timestamp) = self.timestamp {
            pairs.push(
                TIMESTAMP_KEY,
                format_args!("{{\"__decimal__\":\"{timestamp}\"}}"),
            );
        }
        Ok(())
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
    const MOST: usize = 9;

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
