use std::fmt;

use es_store::{BoxError, Position};
use uuid::Uuid;

/// Damage, and where it is. The position is that of the row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[error("position {position} of sequence {sequence_id} is damaged: {damage}")]
pub struct IntegrityError {
    /// The sequence.
    pub sequence_id: Uuid,
    /// The position of the row at which replay stopped.
    pub position: Position,
    /// What is wrong.
    #[source]
    pub damage: Damage,
}

/// What is wrong with a stored event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The event says that it happened to another entity.
    #[error("the event belongs to another entity")]
    OriginatorId,
    /// The event does not follow the one before it: one was removed, moved or changed.
    #[error("the event's previous hash is not the hash of the event before it")]
    PreviousHash,
    /// The event has another version than the next.
    #[error("the event says version {found}, and {expected} comes next")]
    Version {
        /// What comes next.
        expected: u64,
        /// What the event says.
        found: u64,
    },
    /// The row stands at another position than the event says.
    #[error("the row does not stand at the position that the event says")]
    Position,
    /// The topic inside the event is not the row's.
    #[error("the event says that its topic is another than the row's")]
    Topic,
    /// The event's hash is not the hash of its content: it was changed, or the salt is another.
    #[error("the event's hash does not match its content; was it changed, or is the salt wrong?")]
    EventHash,
    /// The aggregate's events are sealed with another salt than the application's.
    #[error("it is sealed with another salt than that of the application that saves it")]
    Salt,
    /// A key of the format is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// The text is not JSON.
    #[error("the text is malformed")]
    Malformed(#[source] es_json::Error),
    /// The text cannot be decrypted: the key is wrong, or it was changed.
    #[error("the text cannot be decrypted; was it changed, or is the key wrong?")]
    Cipher(#[source] crate::event_store::cipher::CipherError),
    /// The text cannot be turned back into canonical text by the transcoder.
    #[error("the text cannot be decoded by the transcoder")]
    Transcoder(#[source] BoxError),
    /// The text is plain where every text is to be encrypted, or encrypted where there is no key.
    #[error("{0}")]
    Encryption(EncryptionMismatch),
    /// The first event of the sequence is not a `Created` event.
    #[error("the sequence does not begin with a `Created` event")]
    NotCreated,
    /// A `Created` event stands in the middle of the sequence.
    #[error("a second `Created` event")]
    CreatedTwice,
    /// A snapshot is not the state at the version that it says: its head is not the hash of the stored event there, or
    /// there is none.
    #[error("the snapshot at this version is not of the event that is stored there")]
    Snapshot,
    /// An event follows the `Discarded` event.
    #[error("an event after the `Discarded` event")]
    AfterDiscarded,
}

/// A text is not in the form in which it is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncryptionMismatch {
    /// There is a key, and the text is plain.
    PlainText,
    /// There is no key, and the text is not JSON.
    NoKey,
}

impl fmt::Display for EncryptionMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PlainText => {
                "the text is not encrypted, and a key is given; was it put there by somebody else?"
            }
            Self::NoKey => "the text is not JSON, and no cipher key is given; is it encrypted?",
        })
    }
}
