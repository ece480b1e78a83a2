//! Errors, divided by the reaction of the caller.

mod damage;
mod notifications;
mod projections;

use es_store::{BoxError, Position, RecordError, Topic};
use uuid::Uuid;

pub use self::damage::{Damage, EncryptionMismatch, IntegrityError};
pub use self::notifications::NotificationError;
pub use self::projections::ProjectionError;
use crate::event_store::cipher::CipherError;

/// The result of most functions of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of most functions of this library. Each variant calls for another reaction of the
/// caller.
///
/// The message contains the message of a cause of this library. The error of a driver is the
/// [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another writer stored an event at this position first. Load the aggregate, decide and save
    /// again.
    #[error(
        "position {position} of sequence {sequence_id} is taken: another writer was first; reload \
         and retry"
    )]
    Conflict {
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
    },
    /// The store, a remote log or an address is unavailable. Nothing was changed. A retry may help.
    #[error("temporarily unavailable; nothing was changed, and a retry may help")]
    Unavailable(#[source] BoxError),
    /// The outcome of the last append is unknown. Load the aggregate and compare.
    #[error("it is unknown whether the append was stored; reload before you retry")]
    Unknown(#[source] BoxError),
    /// A stored event is damaged, or the key or the salt is wrong. Stop, and find the cause.
    #[error(transparent)]
    Integrity(#[from] IntegrityError),
    /// A stored topic is unknown to this program. The program is older than the event, or a type was
    /// renamed.
    #[error(
        "the topic `{topic}` at position {position} of sequence {sequence_id} is unknown; if the \
         type was renamed, list its old topic in `was(…)`; if the event is newer than this program, \
         update the program"
    )]
    UnknownTopic {
        /// The topic.
        topic: Topic,
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
    },
    /// A stored event does not fit the type of this program.
    #[error(
        "the data of `{topic}` at position {position} of sequence {sequence_id} does not fit this \
         program's type: {source}; a field that was added later needs `#[serde(default)]`"
    )]
    Undecodable {
        /// The topic.
        topic: Topic,
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
        /// The error of the decoder.
        #[source]
        source: es_json::Error,
    },
    /// A later version of the program stored the event. Nothing is damaged. Update this program.
    #[error(
        "`{topic}` at position {position} of sequence {sequence_id} has version {stored}, and this \
         program supports versions up to {known}; update the program"
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
        /// The last version that this program supports.
        known: u32,
    },
    /// The aggregate does not exist: it was never created, is discarded, or was not created yet at
    /// the requested version.
    #[error(
        "there is no {} with the id {id}",
        aggregate.as_ref().map_or("aggregate or entity", Topic::as_str)
    )]
    NotFound {
        /// The topic of the requested type; `None` if any type was accepted.
        aggregate: Option<Topic>,
        /// The id.
        id: Uuid,
    },
    /// The sequence belongs to an aggregate of another type.
    #[error("the sequence {id} belongs to a `{stored}`, not to a `{expected}`")]
    WrongType {
        /// The id.
        id: Uuid,
        /// The requested type.
        expected: Topic,
        /// The stored type.
        stored: Topic,
    },
    /// The aggregate is discarded. No further event can be triggered on it.
    #[error("{id} is discarded: no further event can be triggered on it")]
    Discarded {
        /// The id.
        id: Uuid,
    },
    /// An event was triggered while another event was applied.
    #[error(
        "`{topic}` was triggered by a `mutate`, which may only change state: trigger it in a command"
    )]
    WithinMutate {
        /// The topic of the event.
        topic: Topic,
    },
    /// A `mutate` of the aggregate panicked, so its state may be incomplete. No event can be
    /// triggered on it, and it cannot be saved. Load it again.
    #[error("a `mutate` of {id} panicked, so its state may not match its events: load it again")]
    Broken {
        /// The id.
        id: Uuid,
    },
    /// The event or snapshot cannot be stored, because a key is reserved, or because it would not be
    /// read back as the same value. Nothing was changed. Correct the type.
    #[error("`{topic}` cannot be stored: {source}")]
    InvalidEvent {
        /// The topic of the event.
        topic: Topic,
        /// The error of the encoder.
        #[source]
        source: es_json::Error,
    },
    /// The event has no position in a stored sequence.
    #[error(
        "`{topic}` has no position of the kind that the table stores: declare the event with \
         versions, or store it in a table with the positions that it has: times \
         (`Table::timestamp_sequenced`) or, for an `event_id`, time UUIDs"
    )]
    NoPosition {
        /// The topic of the event.
        topic: Topic,
    },
    /// The position is outside of an array. Nothing was stored.
    #[error(
        "position {position} is outside of the array {array_id}, which has {capacity} positions"
    )]
    BeyondArray {
        /// The id of the array or of the big array.
        array_id: Uuid,
        /// The requested position; the first position is 0.
        position: u64,
        /// The number of positions.
        capacity: u64,
    },
    /// Several types are registered under one topic.
    #[error(
        "the topic `{topic}` is that of two types, {first} and {second}, so each would be read as \
         the other: give one of them another topic, `#[aggregate(topic = \"…\")]`"
    )]
    AmbiguousTopic {
        /// The topic.
        topic: Topic,
        /// The name of one type.
        first: &'static str,
        /// The name of the other type.
        second: &'static str,
    },
    /// The URI cannot be used.
    #[error("the URI `{uri}` cannot be used: {reason}")]
    InvalidUri {
        /// The scheme; the rest may contain a password.
        uri: String,
        /// The reason, and the remedy.
        reason: String,
    },
    /// A setting cannot be used, such as a key of the wrong length.
    #[error("the setting `{setting}` cannot be used: {reason}")]
    InvalidSetting {
        /// The setting.
        setting: &'static str,
        /// The reason, and the remedy.
        reason: String,
    },
    /// The transcoder failed to encode an event. Nothing was stored.
    #[error("the transcoder failed to encode an event; nothing was stored")]
    Transcoder(#[source] BoxError),
    /// The cipher failed to encrypt or decrypt. Nothing was stored.
    #[error("the cipher failed: {0}")]
    Cipher(#[source] CipherError),
    /// The application or its store is closed.
    #[error("the store is closed")]
    Closed,
    /// A notification log failed.
    #[error(transparent)]
    Notifications(#[from] NotificationError),
    /// A projection failed.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The store refused the operation or failed. A retry does not help.
    #[error("the store failed: {0}")]
    Store(#[source] RecordError),
}

impl Error {
    /// Returns whether loading the aggregate and repeating the command may help.
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
            RecordError::InvalidUri { uri, reason } => Self::InvalidUri { uri, reason },
            RecordError::InvalidSetting { setting, reason } => {
                Self::InvalidSetting { setting, reason }
            }
            other => Self::Store(other),
        }
    }
}
