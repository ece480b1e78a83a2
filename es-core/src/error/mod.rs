//! Errors, by what the caller does next.

mod damage;
mod notifications;
mod projections;

use std::fmt;

use es_store::{BoxError, Position, RecordError, Topic};
use uuid::Uuid;

pub use damage::{Damage, EncryptionMismatch, IntegrityError};
pub use notifications::NotificationError;
pub use projections::ProjectionError;

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
    /// The store, a remote log or an address to listen on is not to be had now. Nothing was changed. Trying again may help.
    #[error("not available now; nothing was changed, and trying again may help")]
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
        source: es_json::Error,
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
    #[error("there is no {} with the id {id}", aggregate.as_ref().map_or("aggregate or entity", Topic::as_str))]
    NotFound {
        /// The topic of the type asked for; none where any type would do.
        aggregate: Option<Topic>,
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
    /// A `mutate` of the aggregate panicked in the middle. Nothing more can happen to it, and it cannot be saved: load it
    /// again.
    #[error(
        "a `mutate` of {id} panicked, and its state is not that of its events any more: load it again"
    )]
    Broken {
        /// The id.
        id: Uuid,
    },
    /// An event that cannot be stored, such as one with a reserved key.
    #[error("`{topic}` cannot be stored")]
    InvalidEvent {
        /// The topic of the event.
        topic: Topic,
        /// Why.
        #[source]
        source: es_json::Error,
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
    Cipher(#[source] crate::event_store::cipher::CipherError),
    /// The application, or its store, is closed.
    #[error("the store is closed")]
    Closed,
    /// A notification log was asked for what it does not have, or answered what is none.
    #[error(transparent)]
    Notifications(#[from] NotificationError),
    /// A projection is not what was asked for, or not so far.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
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
            RecordError::InvalidUri { uri, reason } => Self::InvalidUri { uri, reason },
            RecordError::InvalidSetting { setting, reason } => {
                Self::InvalidSetting { setting, reason }
            }
            other => Self::Store(other),
        }
    }
}
