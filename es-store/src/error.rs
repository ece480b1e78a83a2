use std::fmt;

use uuid::Uuid;

use crate::position::Position;

/// Any error, boxed.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

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
    /// A URI that names no database.
    #[error("the URI `{uri}` cannot be used: {reason}")]
    InvalidUri {
        /// The scheme; the rest may hold a password.
        uri: String,
        /// Why.
        reason: String,
    },
    /// A setting that cannot be used, such as an environment variable that is not Unicode.
    #[error("{setting}: {reason}")]
    InvalidSetting {
        /// The setting.
        setting: &'static str,
        /// Why.
        reason: String,
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
    /// The error of a URI, without the parts that may hold a password.
    #[must_use]
    pub fn invalid_uri(uri: impl fmt::Display, reason: impl Into<String>) -> Self {
        Self::InvalidUri {
            uri: uri.to_string(),
            reason: reason.into(),
        }
    }

    /// This store does not do that.
    #[must_use]
    pub const fn unsupported(operation: &'static str) -> Self {
        Self::Unsupported { operation }
    }
}
