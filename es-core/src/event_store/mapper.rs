//! The mapper between events and sequenced items.

use std::fmt;
use std::sync::Arc;

use es_store::{Position, PositionKind, SequencedItem, Text, TimeUuid, Topic};

use super::cipher::Cipher;
use super::custom_event::CustomEvent;
use super::storable::{EventParts, Storable};
use super::transcoder::Transcoder;
use crate::domain::EventHeader;
use crate::error::{Damage, EncryptionMismatch, Error, IntegrityError, Result};

/// Maps events to sequenced items and back: the transcoder encodes the canonical text, then the
/// cipher encrypts it.
#[derive(Clone, Default)]
pub struct Mapper {
    transcoder: Option<Arc<dyn Transcoder>>,
    cipher: Option<Arc<Cipher>>,
    encryption: Encryption,
    plain_text: PlainText,
    positions: Option<PositionKind>,
}

/// The treatment of a plain text under a topic that is to be encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum PlainText {
    /// An attacker with write access to the database could insert a plain text, so it is an error.
    #[default]
    Reject,
    Accept,
}

/// The events that are encrypted, if there is a cipher.
#[derive(Clone, Default)]
enum Encryption {
    #[default]
    All,
    Only(Arc<dyn Fn(&Topic) -> bool + Send + Sync>),
}

impl Mapper {
    /// Creates a mapper that stores canonical JSON as plain text.
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

    /// Encrypts only the events with topics that `chosen` accepts. The others are stored and read
    /// as plain text.
    #[must_use]
    pub fn encrypt_only(mut self, chosen: impl Fn(&Topic) -> bool + Send + Sync + 'static) -> Self {
        self.encryption = Encryption::Only(Arc::new(chosen));
        self
    }

    /// Encrypts all events, if there is a cipher.
    #[must_use]
    pub fn encrypt_all(mut self) -> Self {
        self.encryption = Encryption::All;
        self
    }

    /// Also reads plain text although there is a cipher, such as events that were stored before
    /// there was a key.
    ///
    /// Anyone with write access to the database can then forge such a text. New events are still
    /// encrypted.
    #[must_use]
    pub fn accept_plain_text(mut self) -> Self {
        self.plain_text = PlainText::Accept;
        self
    }

    /// Takes the position of an event from its version, from its time or from its id, a
    /// [`TimeUuid`] in the payload's field `event_id`.
    ///
    /// Default: the kind of positions in the event store's table; the version if the table does not
    /// state one.
    #[must_use]
    pub fn with_positions(mut self, kind: PositionKind) -> Self {
        self.positions = Some(kind);
        self
    }

    /// Returns the kind of positions, if it is set.
    #[must_use]
    pub fn positions(&self) -> Option<PositionKind> {
        self.positions
    }

    /// Checks that there is a cipher if events are chosen for encryption. Without the check they
    /// would be stored as plain text.
    pub(crate) fn validate(&self) -> Result<()> {
        if matches!(self.encryption, Encryption::Only(_)) && self.cipher.is_none() {
            return Err(Error::InvalidSetting {
                setting: "encrypt_only",
                reason: "there is no cipher key: set `cipher_key` or remove `encrypt_only`"
                    .to_owned(),
            });
        }
        Ok(())
    }

    /// Stores the texts that `transcoder` encodes.
    #[must_use]
    pub fn with_transcoder(mut self, transcoder: impl Transcoder) -> Self {
        self.transcoder = Some(Arc::new(transcoder));
        self
    }

    /// Maps an event to the item that is stored.
    ///
    /// # Errors
    ///
    /// * [`Error::NoPosition`] if the event has no position of the mapper's kind;
    /// * [`Error::Transcoder`] or [`Error::Cipher`] if the text cannot be encoded or encrypted;
    /// * [`Error::InvalidEvent`] if a [`CustomEvent`] cannot be serialised.
    pub fn to_item<E: Storable>(&self, event: &E) -> Result<SequencedItem> {
        self.item(event.__parts()?)
    }

    /// Makes an item from the parts of an event: the only place that decides on the position, the
    /// topic and the data of an item.
    pub(crate) fn item(&self, parts: EventParts<'_>) -> Result<SequencedItem> {
        let (sequence_id, position, topic, text) = match parts {
            EventParts::WithHeader { header, text } => {
                let topic = header.topic.clone();
                let Some(position) = self.position(header, text) else {
                    return Err(Error::NoPosition { topic });
                };
                (header.originator_id, position, topic, text.clone())
            }
            EventParts::WithPosition {
                sequence_id,
                position,
                topic,
                text,
            } => (sequence_id, position, topic, text),
            EventParts::Item(item) => return Ok(item.clone()),
        };
        Ok(SequencedItem {
            sequence_id,
            position,
            data: self.to_stored(&topic, text)?,
            topic,
        })
    }

    fn position(&self, header: &EventHeader, text: &str) -> Option<Position> {
        match self.positions {
            None => header.position(),
            Some(PositionKind::Integer) => header.originator_version.map(Position::from),
            Some(PositionKind::Timestamp) => header.timestamp.map(Position::from),
            Some(PositionKind::TimeUuid) => TimeUuid::from_event(text).map(Position::from),
        }
    }

    /// Maps an item to a [`CustomEvent`].
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the text cannot be decrypted or decoded; [`Error::Undecodable`] if it
    /// is not such an event.
    pub fn custom_event<E: CustomEvent>(&self, item: &SequencedItem) -> Result<E> {
        let text = self.canonical_text(item)?;
        E::from_text(&item.topic, &text).map_err(|source| Error::Undecodable {
            topic: item.topic.clone(),
            sequence_id: item.sequence_id,
            position: item.position,
            source,
        })
    }

    fn to_stored(&self, topic: &Topic, canonical: Text) -> Result<Text> {
        let transcoded = match &self.transcoder {
            Some(transcoder) => {
                let text = transcoder.encode(&canonical);
                Text::from(text.map_err(Error::Transcoder)?)
            }
            None => canonical,
        };
        match self.cipher_for(topic) {
            Some(cipher) => {
                let text = cipher.encrypt(&transcoded);
                text.map(Text::from).map_err(Error::Cipher)
            }
            None => Ok(transcoded),
        }
    }

    /// Returns the canonical text of a stored item.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`], with the position of the item, if the text cannot be decrypted or
    /// decoded.
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
            Some(_) if is_json && self.plain_text == PlainText::Reject => {
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

    /// Returns whether each of two mappers can read the texts that the other stores under a topic.
    pub fn is_compatible_with(&self, other: &Self, topic: &Topic) -> bool {
        let text = Text::from("{}");
        let can_read = |writer: &Self, reader: &Self| {
            let stored = writer.to_stored(topic, text.clone());
            let read = stored.map(|stored| reader.to_canonical(topic, &stored));
            read.is_ok_and(|read| read.is_ok_and(|read| read == text))
        };
        can_read(self, other) && can_read(other, self)
    }

    /// Encrypts a note that may quote an event, such as an error message, if events with this topic
    /// are encrypted.
    pub(crate) fn encrypt_note(&self, topic: &Topic, note: &str) -> Result<String> {
        match self.cipher_for(topic) {
            Some(cipher) if !note.is_empty() => cipher.encrypt(note).map_err(Error::Cipher),
            _ => Ok(note.to_owned()),
        }
    }

    /// Decrypts a note; a plain one is returned unchanged.
    pub(crate) fn decrypt_note(&self, topic: &Topic, note: &str) -> Result<String> {
        match self.cipher_for(topic) {
            Some(cipher) if looks_encrypted(note) => cipher.decrypt(note).map_err(Error::Cipher),
            _ => Ok(note.to_owned()),
        }
    }

    /// Returns whether events with this topic are encrypted.
    pub(crate) fn encrypts(&self, topic: &Topic) -> bool {
        self.cipher_for(topic).is_some()
    }

    fn cipher_for(&self, topic: &Topic) -> Option<&Cipher> {
        let cipher = self.cipher.as_deref()?;
        match &self.encryption {
            Encryption::All => Some(cipher),
            Encryption::Only(chosen) => chosen(topic).then_some(cipher),
        }
    }
}

/// Guesses whether a text is encrypted rather than damaged JSON: it is Base64 and long enough for a
/// nonce and a tag.
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
