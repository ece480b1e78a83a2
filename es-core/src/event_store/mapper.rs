use std::fmt;
use std::sync::Arc;

use es_store::{BoxError, Position, PositionKind, SequencedItem, Text, TimeUuid, Topic};

use super::custom_event::OwnEvent;
use super::storable::Storable;
use crate::domain::event::EventHeader;
use crate::error::{Damage, EncryptionMismatch, Error, IntegrityError, Result};
use crate::event_store::cipher::Cipher;

/// Turns canonical text into the text that is stored, and back: a format of the user's own, such as a binary one.
///
/// Hashes are always over the canonical text, so a sequence verifies whatever its transcoder. Encryption comes after it.
pub trait Transcoder: Send + Sync + 'static {
    /// The text to store. Where there is no cipher it must not begin with `{` unless it is JSON.
    ///
    /// # Errors
    ///
    /// Any; the event is not stored then.
    fn encode(&self, canonical: &str) -> Result<String, BoxError>;

    /// The canonical text, to the byte.
    ///
    /// # Errors
    ///
    /// Any; the row counts as damaged then.
    fn decode(&self, stored: &str) -> Result<String, BoxError>;
}

/// Between domain events and sequenced items: transcoder, then cipher.
#[derive(Clone, Default)]
pub struct Mapper {
    transcoder: Option<Arc<dyn Transcoder>>,
    cipher: Option<Arc<Cipher>>,
    encrypts: Encrypts,
    clear: Clear,
    positions: Option<PositionKind>,
}

/// What becomes of texts in clear where all are to be encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Clear {
    #[default]
    Refused,
    Read,
}

/// Which events are encrypted, where there is a cipher.
#[derive(Clone, Default)]
enum Encrypts {
    #[default]
    All,
    Chosen(Arc<dyn Fn(&Topic) -> bool + Send + Sync>),
}

impl Mapper {
    /// JSON as it is, in clear.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Encrypts with `cipher`.
    #[must_use]
    pub fn with_cipher(mut self, cipher: Cipher) -> Self {
        self.cipher = Some(Arc::new(cipher));
        self
    }

    /// Encrypts only the events whose topics `chosen` accepts; the others are stored in clear, and read in clear.
    #[must_use]
    pub fn encrypting_only(
        mut self,
        chosen: impl Fn(&Topic) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.encrypts = Encrypts::Chosen(Arc::new(chosen));
        self
    }

    /// Encrypts everything, where there is a cipher.
    #[must_use]
    pub fn encrypting_all(mut self) -> Self {
        self.encrypts = Encrypts::All;
        self
    }

    /// Reads texts in clear although there is a cipher, such as those of before there was one. Who can write to the
    /// database can forge such a text; it is written encrypted all the same.
    #[must_use]
    pub fn reading_clear(mut self) -> Self {
        self.clear = Clear::Read;
        self
    }

    /// Takes an event's version, its time or its id (the [`TimeUuid`] in its payload's field `event_id`) as its position.
    /// Without this, an event store takes what its table holds, and the version where the table does not say.
    #[must_use]
    pub fn with_positions(mut self, kind: PositionKind) -> Self {
        self.positions = Some(kind);
        self
    }

    /// What positions are, if it is said.
    #[must_use]
    pub fn positions(&self) -> Option<PositionKind> {
        self.positions
    }

    /// Events chosen to be encrypted need a key.
    pub(crate) fn check(&self) -> Result<()> {
        if matches!(self.encrypts, Encrypts::Chosen(_)) && self.cipher.is_none() {
            let reason = "it needs a cipher key, and there is none".to_owned();
            return Err(Error::InvalidSetting {
                setting: "encrypting_only",
                reason,
            });
        }
        Ok(())
    }

    /// Stores what `transcoder` makes of the canonical text.
    #[must_use]
    pub fn with_transcoder(mut self, transcoder: impl Transcoder) -> Self {
        self.transcoder = Some(Arc::new(transcoder));
        self
    }

    /// What is stored of an event.
    ///
    /// # Errors
    ///
    /// [`Error::NoPosition`], [`Error::Transcoder`] or [`Error::Cipher`]; [`Error::InvalidEvent`] of an [`OwnEvent`] whose
    /// text cannot be made.
    pub fn to_item<E: Storable>(&self, event: &E) -> Result<SequencedItem> {
        event.__to_item(self)
    }

    /// What is stored of an event that the library made.
    pub(super) fn made_item(&self, header: &EventHeader, text: &Text) -> Result<SequencedItem> {
        let position = self.position(header, text);
        Ok(SequencedItem {
            sequence_id: header.originator_id,
            position: position.ok_or_else(|| Error::NoPosition {
                topic: header.topic.clone(),
            })?,
            topic: header.topic.clone(),
            data: self.to_stored(&header.topic, text)?,
        })
    }

    pub(super) fn own_item<E: OwnEvent>(&self, event: &E) -> Result<SequencedItem> {
        let topic = event.topic();
        let text = event.to_text().map_err(|source| Error::InvalidEvent {
            topic: topic.clone(),
            source,
        })?;
        Ok(SequencedItem {
            sequence_id: event.sequence_id(),
            position: event.position(),
            data: self.to_stored(&topic, &Text::from(text))?,
            topic,
        })
    }

    /// The event of a model of one's own that is stored as an item.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] where its text cannot be decrypted or decoded, [`Error::Undecodable`] where it is no such event.
    pub fn own_event<E: OwnEvent>(&self, item: &SequencedItem) -> Result<E> {
        let text = self.canonical_text(item)?;
        E::from_text(&item.topic, &text).map_err(|source| Error::Undecodable {
            topic: item.topic.clone(),
            sequence_id: item.sequence_id,
            position: item.position,
            source,
        })
    }

    fn position(&self, header: &EventHeader, text: &str) -> Option<Position> {
        match self.positions {
            None => header.position(),
            Some(PositionKind::Integer) => header.originator_version.map(Position::from),
            Some(PositionKind::Timestamp) => header.timestamp.map(Position::from),
            Some(PositionKind::TimeUuid) => TimeUuid::of_event(text).map(Position::from),
        }
    }

    /// The stored text of a canonical one.
    pub(crate) fn to_stored(&self, topic: &Topic, canonical: &Text) -> Result<Text> {
        let transcoded = match &self.transcoder {
            Some(transcoder) => Some(transcoder.encode(canonical).map_err(Error::Transcoder)?),
            None => None,
        };
        match self.cipher_for(topic) {
            Some(cipher) => {
                let text = transcoded.as_deref().unwrap_or(canonical);
                cipher.encrypt(text).map(Text::from).map_err(Error::Cipher)
            }
            None => Ok(transcoded.map_or_else(|| canonical.clone(), Text::from)),
        }
    }

    /// The canonical text of a stored item.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`], naming the row, where its text cannot be decrypted or decoded.
    pub fn canonical_text(&self, item: &SequencedItem) -> Result<Text> {
        self.to_canonical(&item.topic, &item.data)
            .map_err(|damage| {
                IntegrityError {
                    sequence_id: item.sequence_id,
                    position: item.position,
                    damage,
                }
                .into()
            })
    }

    pub(crate) fn to_canonical(&self, topic: &Topic, data: &Text) -> Result<Text, Damage> {
        let is_json = data.starts_with('{');
        let decrypted = match self.cipher_for(topic) {
            Some(_) if is_json && self.clear == Clear::Refused => {
                return Err(Damage::Encryption(EncryptionMismatch::PlainText));
            }
            Some(cipher) if !is_json => Some(cipher.decrypt(data).map_err(Damage::Cipher)?),
            _ => None,
        };
        let Some(transcoder) = &self.transcoder else {
            let is_plain = decrypted.is_some() || is_json || !looks_encrypted(data);
            return match decrypted {
                Some(text) => Ok(Text::from(text)),
                None if is_plain => Ok(data.clone()),
                None => Err(Damage::Encryption(EncryptionMismatch::NoKey)),
            };
        };
        let text = decrypted.as_deref().unwrap_or(data);
        transcoder
            .decode(text)
            .map(Text::from)
            .map_err(Damage::Transcoder)
    }

    /// Whether each reads what the other stores under a topic.
    pub fn reads_alike(&self, other: &Self, topic: &Topic) -> bool {
        let text = Text::from("{}");
        let reads = |writer: &Self, reader: &Self| {
            let stored = writer.to_stored(topic, &text);
            let read = stored.map(|stored| reader.to_canonical(topic, &stored));
            read.is_ok_and(|read| read.is_ok_and(|read| read == text))
        };
        reads(self, other) && reads(other, self)
    }

    /// What is kept of a text that may quote an event stored under a topic: in clear where the event is.
    pub(crate) fn seal_note(&self, topic: &Topic, note: &str) -> Result<String> {
        match self.cipher_for(topic) {
            Some(cipher) if !note.is_empty() => cipher.encrypt(note).map_err(Error::Cipher),
            _ => Ok(note.to_owned()),
        }
    }

    /// The text again; one that is in clear as it is.
    pub(crate) fn open_note(&self, topic: &Topic, note: &str) -> Result<String> {
        match self.cipher_for(topic) {
            Some(cipher) if looks_encrypted(note) => cipher.decrypt(note).map_err(Error::Cipher),
            _ => Ok(note.to_owned()),
        }
    }

    /// Whether events that are stored under a topic are encrypted.
    pub(crate) fn encrypts(&self, topic: &Topic) -> bool {
        self.cipher_for(topic).is_some()
    }

    fn cipher_for(&self, topic: &Topic) -> Option<&Cipher> {
        let cipher = self.cipher.as_deref()?;
        match &self.encrypts {
            Encrypts::All => Some(cipher),
            Encrypts::Chosen(chosen) => chosen(topic).then_some(cipher),
        }
    }
}

/// Whether a text is more likely cipher text than broken JSON: Base64 of at least a nonce and a tag.
fn looks_encrypted(text: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    text.len() >= 40 && text.bytes().all(is_base64)
}

impl fmt::Debug for Mapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapper")
            .field("transcoded", &self.transcoder.is_some())
            .field("encrypted", &self.cipher.is_some())
            .finish_non_exhaustive()
    }
}
