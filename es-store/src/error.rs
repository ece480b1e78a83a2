//! The errors of stores.

use std::fmt;

use uuid::Uuid;

use crate::position::Position;

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// An error of a store. Its variant tells the caller whether anything was written and whether to
/// retry.
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
    /// The store cannot answer now: it is locked, unreachable or out of space. Nothing was written.
    #[error("the store is unavailable")]
    Unavailable {
        /// The cause.
        source: BoxError,
    },
    /// The outcome of the append is unknown: it was committed, or it was not.
    #[error("the outcome of the append is unknown")]
    Unknown {
        /// The cause.
        source: BoxError,
    },
    /// The item does not fit the table, for example because its position has another kind. Nothing
    /// was written.
    #[error("the item cannot be stored: {reason}")]
    Invalid {
        /// The cause.
        reason: String,
    },
    /// The table is missing or has another shape.
    #[error("the table `{table}` cannot be used: {reason}")]
    Schema {
        /// The table.
        table: String,
        /// The cause and the remedy.
        reason: String,
    },
    /// A stored row that no writer of this format creates, such as one with an id of the wrong
    /// length.
    #[error("a damaged row in `{table}`: {reason}")]
    Damaged {
        /// The table.
        table: String,
        /// The row and its fault.
        reason: String,
    },
    /// The store does not support the operation.
    #[error("this store does not support `{operation}`")]
    Unsupported {
        /// The operation.
        operation: &'static str,
    },
    /// The URI does not name a database.
    #[error("the URI `{uri}` cannot be used: {reason}")]
    InvalidUri {
        /// The scheme. The rest may contain a password.
        uri: String,
        /// The cause.
        reason: String,
    },
    /// A setting is invalid, for example an environment variable that is not Unicode.
    #[error("{setting}: {reason}")]
    InvalidSetting {
        /// The setting.
        setting: &'static str,
        /// The cause.
        reason: String,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The operation failed for another reason; a retry does not help.
    #[error("the store failed to {operation}")]
    Backend {
        /// The operation that failed.
        operation: &'static str,
        /// The driver's error.
        source: BoxError,
    },
}

impl RecordError {
    /// Creates the error of a URI. Pass only the parts of the URI that cannot contain a password.
    #[must_use]
    pub fn invalid_uri(uri: impl fmt::Display, reason: impl Into<String>) -> Self {
        Self::InvalidUri {
            uri: uri.to_string(),
            reason: reason.into(),
        }
    }

    /// Creates the error of an operation that the store does not support.
    #[must_use]
    pub const fn unsupported(operation: &'static str) -> Self {
        Self::Unsupported { operation }
    }
}
