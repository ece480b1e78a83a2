//! Damage of stored events.

use std::fmt;

use es_store::{BoxError, Position};
use uuid::Uuid;

use crate::event_store::cipher::CipherError;

/// Damage of a stored event, with its position.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("position {position} of sequence {sequence_id} is damaged: {damage}")]
pub struct IntegrityError {
    /// The sequence.
    pub sequence_id: Uuid,
    /// The position of the row at which replay stopped.
    pub position: Position,
    /// The damage.
    #[source]
    pub damage: Damage,
}

/// A kind of damage of a stored event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The originator id of the event is not the id of the sequence.
    #[error("the event belongs to another entity")]
    OriginatorId,
    /// The event does not follow the one before it: one of them was removed, moved or changed.
    #[error("the event's previous hash is not the hash of the event before it")]
    PreviousHash,
    /// The version of the event is not the next one.
    #[error("the event has version {found} instead of {expected}")]
    Version {
        /// The next version.
        expected: u64,
        /// The version of the event.
        found: u64,
    },
    /// The position of the row is not the position of the event.
    #[error("the position of the row is not that of the event")]
    Position,
    /// The topic of the row is not the topic of the event.
    #[error("the topic of the row is not that of the event")]
    Topic,
    /// The hash of the event is not the hash of its content.
    #[error("the event's hash does not match its content: it was changed, or the salt is wrong")]
    EventHash,
    /// The events were hashed with another salt than that of the application that saves them.
    #[error("the events were hashed with another salt than that of this application")]
    Salt,
    /// A key of the format is missing.
    #[error("the key `{0}` is missing")]
    Missing(&'static str),
    /// The text is not JSON.
    #[error("the text is not JSON: {0}")]
    Malformed(#[source] es_json::Error),
    /// The text cannot be decrypted.
    #[error("the text cannot be decrypted: {0}")]
    Cipher(#[source] CipherError),
    /// The transcoder cannot decode the text.
    #[error("the transcoder cannot decode the text")]
    Transcoder(#[source] BoxError),
    /// The text is plain although texts are to be encrypted, or encrypted although there is no key.
    #[error("{0}")]
    Encryption(EncryptionMismatch),
    /// The first event of the sequence is not a `Created` event.
    #[error("the sequence does not begin with a `Created` event")]
    NotCreated,
    /// A later event of the sequence is a `Created` event.
    #[error("the sequence has a second `Created` event")]
    CreatedTwice,
    /// The head of a snapshot is not the hash of the event that is stored at its version.
    #[error("the snapshot does not match the event that is stored at its version")]
    Snapshot,
    /// An event follows the `Discarded` event.
    #[error("the sequence has an event after its `Discarded` event")]
    AfterDiscarded,
}

/// A stored text that is plain or encrypted contrary to the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionMismatch {
    /// There is a cipher key, and the text is plain.
    PlainText,
    /// There is no cipher key, and the text is not JSON.
    NoKey,
}

impl fmt::Display for EncryptionMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PlainText => {
                "the text is not encrypted although there is a cipher key: it is forged, or older \
                 than the key"
            }
            Self::NoKey => "the text is not JSON and there is no cipher key: it may be encrypted",
        })
    }
}
