use uuid::Uuid;

use super::{BoxError, Error};
use crate::position::Position;

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
    /// Who was given a transaction has ended it: what was done in it is not one any more.
    #[error(
        "a handler ended the transaction that it was given, and what it did is not undone: leave its beginning and its end to \
         the library"
    )]
    TransactionEnded {
        /// What the store says.
        source: BoxError,
    },
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
    /// What it means to a store that something it is made of failed.
    pub(crate) fn from_error(error: Error) -> Self {
        match error {
            Error::Conflict {
                sequence_id,
                position,
            } => Self::Conflict {
                sequence_id,
                position,
            },
            Error::Unavailable(source) => Self::Unavailable { source },
            Error::Unknown(source) => Self::Unknown { source },
            Error::Closed => Self::Closed,
            Error::Store(error) => error,
            other => Self::Backend {
                operation: "use what it is made of",
                source: Box::new(other),
            },
        }
    }

    /// This store does not do that.
    #[must_use]
    pub const fn unsupported(operation: &'static str) -> Self {
        Self::Unsupported { operation }
    }
}
