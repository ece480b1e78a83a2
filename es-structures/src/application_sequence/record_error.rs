//! Maps errors of the big array to errors of a record manager.

use es_core::error::Error;
use es_store::RecordError;

/// Maps an error of the array to an error of the record manager.
pub(super) fn record_error(error: Error) -> RecordError {
    match error {
        Error::Conflict {
            sequence_id,
            position,
        } => RecordError::Conflict {
            sequence_id,
            position,
        },
        Error::Unavailable(source) => RecordError::Unavailable { source },
        Error::Unknown(source) => RecordError::Unknown { source },
        Error::Closed => RecordError::Closed,
        Error::Store(error) => error,
        other => RecordError::Backend {
            operation: "use the array of record ids",
            source: Box::new(other),
        },
    }
}
