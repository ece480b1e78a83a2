//! The error of a transaction of a read model.

use crate::error::{BoxError, RecordError};

/// An error of [`ReadModel::check`](super::ReadModel::check) and
/// [`ReadModel::commit`](super::ReadModel::commit).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadModelError {
    /// A handler committed or rolled back the transaction that it was given.
    ///
    /// Its writes may be stored without the position of the projection, so the projection cannot
    /// continue.
    #[error(
        "a handler ended the transaction that it was given, and the library can no longer undo its writes; remove \
         statements that commit or roll back from the handler, also those that commit implicitly"
    )]
    TransactionEnded {
        /// The database's error.
        source: BoxError,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] RecordError),
}
