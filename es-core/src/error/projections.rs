//! Errors of projections.

use es_store::{BoxError, RecordId};
use uuid::Uuid;

/// An error of a projection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// There is no projection with the name.
    #[error(
        "there is no projection `{name}`: it never ran, was removed, or was switched to another name"
    )]
    Unknown {
        /// The name.
        name: String,
    },
    /// Another owner runs the projection. Nothing was written.
    #[error("another owner runs the projection `{name}`, so the work of this one was rolled back")]
    Fenced {
        /// The name.
        name: String,
    },
    /// The projection did not reach a position in time.
    #[error(
        "the projection `{name}` did not reach record {expected} in time and is at {reached}: check \
         that it is running, or wait longer"
    )]
    Behind {
        /// The name.
        name: String,
        /// The expected position.
        expected: RecordId,
        /// The position of the projection.
        reached: RecordId,
    },
    /// The runner has ended.
    #[error("the runner of the projection `{name}` has ended")]
    Ended {
        /// The name.
        name: String,
    },
    /// The position of the projection is after the end of its log.
    #[error(
        "the projection `{name}` is at record {position}, but its log ends at {head}: the log was \
         truncated or is another one; follow the log that the projection was built from, or remove \
         the projection and rebuild it"
    )]
    BeyondLog {
        /// The projection.
        name: String,
        /// The position of the projection.
        position: RecordId,
        /// The last record of the log.
        head: RecordId,
    },
    /// The aggregate has no dead letter.
    #[error("the projection `{name}` has no dead letter of {aggregate_id}")]
    NoDeadLetter {
        /// The projection.
        name: String,
        /// The aggregate.
        aggregate_id: Uuid,
    },
    /// The user's function refused a switch. Nothing was changed.
    #[error("the switch to the projection `{name}` was refused, and nothing was changed")]
    Refused {
        /// The name.
        name: String,
        /// The error of the user's function.
        #[source]
        source: BoxError,
    },
}
