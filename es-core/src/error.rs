//! Errors, by what the caller does next.

use std::fmt;

use uuid::Uuid;

use crate::position::Position;
pub use crate::topic::InvalidTopic;
use crate::topic::Topic;

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The result of most calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. The variants are the caller's choices.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Somebody else wrote at this position first. Load the aggregate again, decide again, save again.
    #[error(
        "position {position} of sequence {sequence_id} is taken: another writer was first; reload and retry"
    )]
    Conflict {
        /// The sequence.
        sequence_id: Uuid,
        /// The position that was taken.
        position: Position,
    },
    /// The store cannot answer now; nothing was written. Trying again may help.
    #[error("the store is unavailable; nothing was written, and trying again may help")]
    Unavailable(#[source] BoxError),
    /// Nobody knows whether the last append was kept. Load the aggregate again and look.
    #[error("the outcome of the append is unknown; reload and look before trying again")]
    Unknown(#[source] BoxError),
    /// What is stored is damaged, or the key or the salt is wrong. Stop, and find out.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    /// A stored topic that this program does not know. The program is older than the data, or a type was renamed.
    #[error(
        "unknown topic `{topic}` at position {position} of sequence {sequence_id}; if the type was renamed, list its \
         old topic in `was(…)`; if it is newer than this program, update the program"
    )]
    UnknownTopic {
        /// The topic.
        topic: Topic,
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
    },
    /// A stored event that this program's type cannot hold.
    #[error(
        "the data of `{topic}` at position {position} of sequence {sequence_id} does not fit this program's type; a \
         field that came later needs `#[serde(default)]`"
    )]
    Undecodable {
        /// The topic.
        topic: Topic,
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
        /// Why.
        #[source]
        source: crate::json::Error,
    },
    /// A stored event of a version that a later program wrote. Nothing is damaged; update this program.
    #[error(
        "`{topic}` at position {position} of sequence {sequence_id} is of version {stored}, and this program knows {known}; \
         update the program"
    )]
    NewerEvent {
        /// The topic.
        topic: Topic,
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
        /// The version of the event.
        stored: u32,
        /// The last version that this program knows.
        known: u32,
    },
    /// There is no such aggregate: it was never created, is discarded, or not yet created at the version asked for.
    #[error("there is no {aggregate} with the id {id}")]
    NotFound {
        /// The topic of the type asked for.
        aggregate: Topic,
        /// The id.
        id: Uuid,
    },
    /// The sequence belongs to an aggregate of another type.
    #[error("the sequence {id} belongs to a `{stored}`, not to a `{expected}`")]
    WrongType {
        /// The id.
        id: Uuid,
        /// The type asked for.
        expected: Topic,
        /// The type that is stored.
        stored: Topic,
    },
    /// The aggregate was discarded: nothing more can happen to it.
    #[error("{id} is discarded: no further event can be triggered on it")]
    Discarded {
        /// The id.
        id: Uuid,
    },
    /// An event was triggered while another one was being applied.
    #[error(
        "`{topic}` was triggered by a `mutate`, which only changes state: trigger it in a command"
    )]
    WithinMutate {
        /// The topic of the event.
        topic: Topic,
    },
    /// An event that cannot be stored, such as one with a reserved key.
    #[error("`{topic}` cannot be stored")]
    InvalidEvent {
        /// The topic of the event.
        topic: Topic,
        /// Why.
        #[source]
        source: crate::json::Error,
    },
    /// An event without a place in a sequence.
    #[error("`{topic}` has neither a version nor a time, and so no place in a stored sequence")]
    NoPosition {
        /// The topic of the event.
        topic: Topic,
    },
    /// A position that an array does not have. Nothing was stored.
    #[error("the array {array_id} has {capacity} positions, and {position} is none of them")]
    BeyondArray {
        /// The array, or the root of the big array.
        array_id: Uuid,
        /// The position asked for; the first has 0.
        position: u64,
        /// How many positions there are.
        capacity: u64,
    },
    /// A type that is looked up by its topic, under which several are registered.
    #[error(
        "two types are registered under the topic `{topic}`: {first} and {second}; give one of them another"
    )]
    AmbiguousTopic {
        /// The topic.
        topic: Topic,
        /// One type's name.
        first: &'static str,
        /// The other's.
        second: &'static str,
    },
    /// A URI that names no database.
    #[error("the URI `{uri}` cannot be used: {reason}")]
    InvalidUri {
        /// The scheme; the rest may hold a password.
        uri: String,
        /// Why.
        reason: String,
    },
    /// A setting that cannot be used, such as a key of the wrong length.
    #[error("{setting}: {reason}")]
    InvalidSetting {
        /// The setting.
        setting: &'static str,
        /// Why.
        reason: String,
    },
    /// Text that the transcoder cannot make. Nothing was stored.
    #[error("the transcoder failed")]
    Transcoder(#[source] BoxError),
    /// Text that the cipher cannot make. Nothing was stored.
    #[error("encryption failed")]
    Cipher(#[source] crate::cipher::CipherError),
    /// The application, or its store, is closed.
    #[error("the store is closed")]
    Closed,
    /// A notification log was asked for what it does not have, or answered what is none.
    #[error(transparent)]
    Notifications(#[from] crate::notification_log::NotificationError),
    /// A projection is not what was asked for, or not so far.
    #[error(transparent)]
    Projection(#[from] crate::projection::ProjectionError),
    /// The store refused or failed in a way that trying again does not mend.
    #[error("the store failed")]
    Store(#[source] RecordError),
}

impl Error {
    /// The error of a URI, without what may be a password.
    pub(crate) fn invalid_uri(uri: impl fmt::Display, reason: impl Into<String>) -> Self {
        Self::InvalidUri {
            uri: uri.to_string(),
            reason: reason.into(),
        }
    }

    /// Whether loading the aggregate again and repeating the command may help.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Conflict {
                sequence_id,
                position,
            } => Self::Conflict {
                sequence_id,
                position,
            },
            RecordError::Unavailable { source } => Self::Unavailable(source),
            RecordError::Unknown { source } => Self::Unknown(source),
            RecordError::Closed => Self::Closed,
            other => Self::Store(other),
        }
    }
}

/// What a store answers when it cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The position is taken. Nothing was written.
    #[error("position {position} of sequence {sequence_id} is taken")]
    Conflict {
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
    },
    /// The store cannot answer now: locked, out of reach, out of space. Nothing was written.
    #[error("the store is unavailable")]
    Unavailable {
        /// Why.
        source: BoxError,
    },
    /// Nobody knows whether the append was kept.
    #[error("the outcome of the append is unknown")]
    Unknown {
        /// Why.
        source: BoxError,
    },
    /// An item that this table cannot hold, such as one with a position of another kind. Nothing was written.
    #[error("the item cannot be stored: {reason}")]
    Invalid {
        /// Why.
        reason: String,
    },
    /// The table is missing, or its shape is another.
    #[error("the table `{table}` cannot be used: {reason}")]
    Schema {
        /// The table.
        table: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A stored row that no writer of this format makes, such as one with an id of the wrong length.
    #[error("a damaged row in `{table}`: {reason}")]
    Damaged {
        /// The table.
        table: String,
        /// Which row, and what is wrong with it.
        reason: String,
    },
    /// This store does not do that.
    #[error("this store does not support `{operation}`")]
    Unsupported {
        /// The operation.
        operation: &'static str,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Any other failure.
    #[error("the store failed to {operation}")]
    Backend {
        /// What was being done.
        operation: &'static str,
        /// The driver's error.
        source: BoxError,
    },
}

impl RecordError {
    /// This store does not do that.
    #[must_use]
    pub const fn unsupported(operation: &'static str) -> Self {
        Self::Unsupported { operation }
    }
}

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
    #[error(
        "the aggregate was loaded with another salt than that of the application that saves it"
    )]
    Salt,
    /// A key of the format is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// The text is not JSON.
    #[error("the text is malformed")]
    Malformed(#[source] crate::json::Error),
    /// The text cannot be decrypted: the key is wrong, or it was changed.
    #[error("the text cannot be decrypted; was it changed, or is the key wrong?")]
    Cipher(#[source] crate::cipher::CipherError),
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
