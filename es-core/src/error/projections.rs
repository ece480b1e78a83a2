use es_store::RecordId;
use uuid::Uuid;

/// What went wrong with a projection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectionError {
    /// No projection has the name: it never ran, was removed, or has another one now.
    #[error(
        "there is no projection `{name}`: it never ran, was removed, or was switched to another name"
    )]
    Unknown {
        /// The name.
        name: String,
    },
    /// Somebody else runs the projection: nothing was written.
    #[error("the projection `{name}` is run by another: what this one did is undone")]
    Fenced {
        /// The name.
        name: String,
    },
    /// The time is over, and the projection has not come so far.
    #[error("the projection `{name}` is at {reached}, and {asked} was waited for; is it running?")]
    Behind {
        /// The name.
        name: String,
        /// What was waited for.
        asked: RecordId,
        /// Where it is.
        reached: RecordId,
    },
    /// The runner has ended.
    #[error("the runner of the projection `{name}` has ended")]
    Ended {
        /// The name.
        name: String,
    },
    /// The projection has handled more than its log holds.
    #[error(
        "the projection `{name}` is at {position}, and its log ends at {head}: the log was cut off, or is another one; follow \
         the log that it was built from, or remove the projection and build it anew"
    )]
    BeyondLog {
        /// The projection.
        name: String,
        /// Where it is.
        position: RecordId,
        /// The last record of the log.
        head: RecordId,
    },
    /// There is no dead letter of this aggregate.
    #[error("the projection `{name}` has no dead letter of {aggregate_id}")]
    NoLetter {
        /// The projection.
        name: String,
        /// The aggregate.
        aggregate_id: Uuid,
    },
    /// What the user's part of a switch answered: nothing was changed.
    #[error("the switch to `{name}` was refused, and nothing was changed")]
    Refused {
        /// The name.
        name: String,
        /// Why.
        #[source]
        source: super::BoxError,
    },
}
