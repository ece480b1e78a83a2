//! Construction of an event: its header, its canonical text and its hash.

use std::cell::RefCell;

use es_json as json;
use es_store::{Text, TextBuffer, Timestamp, Topic};
use uuid::Uuid;

use super::codec::Codec;
use super::event_header::EventHeader;
use super::keys::{
    EVENT_VERSION_KEY, ID_KEY, METADATA_KEY, ORIGINATOR_TOPIC_KEY, PREVIOUS_KEY, TIMESTAMP_KEY,
    TOPIC_KEY, VERSION_KEY,
};
use super::library_pairs::LibraryPairs;
use super::metadata::Metadata;
use super::stored::EventFields;
use super::version::Version;
use crate::domain::integrity::{self, EventHash, HASH_KEY, Salt, genesis};
use crate::error::{Error, Result};

/// The header fields of an event that is being triggered.
pub(crate) struct EventDraft {
    pub(crate) id: Uuid,
    pub(crate) version: Option<Version>,
    pub(crate) timestamp: Option<Timestamp>,
    /// The predecessor of the event; `None` if the event has no hash.
    pub(crate) chaining: Option<Chaining>,
    pub(crate) topic: Topic,
    pub(crate) originator_topic: Option<&'static str>,
    pub(crate) event_version: u32,
}

/// The predecessor of an event with a hash.
#[derive(Clone, Copy)]
pub(crate) enum Chaining {
    /// The event is the first of a chain. Its previous hash is the genesis hash of the process.
    First,
    /// The event with this hash.
    After(EventHash),
    /// The event belongs to no chain and has no previous hash.
    Standalone,
}

/// An event with its text and its hash.
pub(crate) struct SealedEvent {
    pub(crate) header: EventHeader,
    pub(crate) text: Text,
}

impl SealedEvent {
    pub(crate) fn fields(&self) -> EventFields {
        EventFields {
            version: self.header.originator_version,
            hash: self.header.event_hash,
            timestamp: self.header.timestamp,
        }
    }
}

/// Reused buffers. With them, a trigger allocates only the memory that the event keeps.
#[derive(Default)]
struct SealBuffers {
    event: String,
    pairs: LibraryPairs,
    /// The `Debug` text of the payload.
    debug: String,
    texts: TextBuffer,
}

thread_local! {
    static BUFFERS: RefCell<SealBuffers> = RefCell::default();
}

impl EventDraft {
    pub(crate) fn seal<E>(self, codec: &Codec<E>, payload: &E, salt: &Salt) -> Result<SealedEvent> {
        // The buffers are in use if the serialisation of a payload triggers another event.
        BUFFERS.with(|buffers| match buffers.try_borrow_mut() {
            Ok(mut buffers) => self.seal_in(&mut buffers, codec, payload, salt),
            Err(_) => self.seal_in(&mut SealBuffers::default(), codec, payload, salt),
        })
    }

    fn seal_in<E>(
        self,
        buffers: &mut SealBuffers,
        codec: &Codec<E>,
        payload: &E,
        salt: &Salt,
    ) -> Result<SealedEvent> {
        let SealBuffers {
            event,
            pairs,
            debug,
            texts,
        } = buffers;
        event.clear();
        let metadata = Metadata::current();
        let written = self
            .write_pairs(metadata.as_deref(), pairs)
            .and_then(|()| pairs.with(|pairs| (codec.encode)(event, pairs, payload)))
            .and_then(|()| {
                self.check_round_trip(codec, event, metadata.as_deref(), payload, debug)
            });
        if let Err(source) = written {
            return Err(Error::InvalidEvent {
                topic: self.topic,
                source,
            });
        }
        let event_hash = self
            .chaining
            .and_then(|_| integrity::seal_in_place(event, salt));
        debug_assert_eq!(
            event_hash.is_some(),
            self.chaining.is_some(),
            "the placeholder was just written"
        );
        let header = EventHeader {
            originator_id: self.id,
            originator_version: self.version,
            timestamp: self.timestamp,
            previous_hash: match self.chaining {
                Some(Chaining::After(hash)) => Some(hash),
                _ => None,
            },
            event_hash,
            topic: self.topic,
            metadata,
        };
        Ok(SealedEvent {
            header,
            text: texts.copy(event),
        })
    }

    /// Checks that replay will read the same header and payload from the text. The hash is not set
    /// yet.
    fn check_round_trip<E>(
        &self,
        codec: &Codec<E>,
        text: &str,
        metadata: Option<&Metadata>,
        payload: &E,
        debug: &mut String,
    ) -> Result<(), json::Error> {
        let Some(header) = codec.check(text, payload, debug)? else {
            return Ok(());
        };
        let version = header.version.map(u64::try_from).and_then(Result::ok);
        let is_same = [
            (METADATA_KEY, header.metadata.as_ref() == metadata),
            (ID_KEY, header.id == Some(self.id)),
            (VERSION_KEY, version == self.version.map(Version::get)),
            (TIMESTAMP_KEY, header.timestamp == self.timestamp),
        ];
        match is_same.into_iter().find(|(_, is_same)| !is_same) {
            None => Ok(()),
            Some((key, _)) => Err(json::Error::Changed {
                path: key.to_owned(),
            }),
        }
    }

    /// Writes the library's pairs, in the order of their keys.
    fn write_pairs(
        &self,
        metadata: Option<&Metadata>,
        pairs: &mut LibraryPairs,
    ) -> Result<(), json::Error> {
        pairs.clear();
        if self.chaining.is_some() {
            pairs.push(HASH_KEY, format_args!("\"{}\"", EventHash::PLACEHOLDER));
            pairs.push_string(TOPIC_KEY, self.topic.as_str());
        }
        if self.event_version > 1 {
            pairs.push(EVENT_VERSION_KEY, format_args!("{}", self.event_version));
        }
        if let Some(metadata) = metadata {
            pairs.push(
                METADATA_KEY,
                format_args!("{}", json::to_event_string(metadata)?),
            );
        }
        if let Some(chaining) = self.chaining {
            match chaining {
                Chaining::First => pairs.push(PREVIOUS_KEY, format_args!("{}", genesis())),
                Chaining::After(hash) => pairs.push(PREVIOUS_KEY, format_args!("\"{hash}\"")),
                Chaining::Standalone => {}
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
