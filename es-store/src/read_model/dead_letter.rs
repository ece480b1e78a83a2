//! Dead letters, the requests that are made for them, and queries that find them.

use std::fmt;

use uuid::Uuid;

use crate::record_id::RecordId;
use crate::text::Text;
use crate::topic::Topic;

/// An event that a handler could not handle, or that waits behind such an event of its aggregate: a
/// row of `es_dead_letters`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The aggregate of the event.
    pub aggregate_id: Uuid,
    /// The record id of the event.
    pub record_id: RecordId,
    /// The topic of the event.
    pub topic: Topic,
    /// The stored text of the event, encrypted if the event is.
    pub data: Text,
    /// The error of the last attempt; empty for an event that waits behind another one.
    ///
    /// The error may quote the event, so it is stored encrypted if the event is.
    pub error: String,
    /// The number of attempts; 0 for an event that waits behind another one.
    pub attempts: u32,
    /// A request that the runner has yet to carry out.
    pub request: Option<Request>,
}

/// Omits the data, which may be large and belongs to the user.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("aggregate_id", &self.aggregate_id)
            .field("record_id", &self.record_id)
            .field("topic", &self.topic)
            .field("error", &self.error)
            .field("attempts", &self.attempts)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// A request to the runner: what to do with a dead letter, before it handles the later letters of
/// the same aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Handle the event again. Stored as `retry`.
    Retry,
    /// Drop the letter. Stored as `skip`.
    Skip,
}

impl Request {
    /// Returns the stored text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Skip => "skip",
        }
    }

    /// Parses the stored text; `None` if it is unknown.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Retry, Self::Skip]
            .into_iter()
            .find(|request| request.as_str() == text)
    }
}

/// A query for dead letters of one projection, in the order of their record ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterQuery {
    /// Restricts the query to the letters of one aggregate.
    pub aggregate_id: Option<Uuid>,
    /// Restricts the query to letters with a request.
    pub request: RequestFilter,
    /// Restricts the query to letters with a greater record id.
    pub after: RecordId,
    /// Maximum number of letters.
    pub limit: u32,
}

/// A filter for dead letters by their request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestFilter {
    /// Letters with a request.
    Requested,
    /// All letters.
    Any,
}

impl LetterQuery {
    /// Creates a query for the first `limit` letters of all aggregates.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self {
            aggregate_id: None,
            request: RequestFilter::Any,
            after: RecordId::new(0),
            limit,
        }
    }

    /// Restricts the query to the letters of one aggregate.
    #[must_use]
    pub const fn with_aggregate(mut self, aggregate_id: Uuid) -> Self {
        self.aggregate_id = Some(aggregate_id);
        self
    }

    /// Restricts the query to letters with a request.
    #[must_use]
    pub const fn requested(mut self) -> Self {
        self.request = RequestFilter::Requested;
        self
    }
}
