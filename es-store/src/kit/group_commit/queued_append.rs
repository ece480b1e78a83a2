//! Queued appends, and the answers to their callers.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::append::Append;
use crate::appended::Appended;
use crate::error::{BoxError, RecordError};

/// A queued append with the channel for its answer.
pub(super) struct QueuedAppend {
    pub(super) append: Append,
    pub(super) reply: Reply,
}

pub(super) type Reply = oneshot::Sender<Result<Appended, RecordError>>;

/// Answers a caller. The send fails if the caller has stopped waiting, and then needs no answer.
pub(super) fn answer(reply: Reply, outcome: Result<Appended, RecordError>) {
    let _gone = reply.send(outcome);
}

/// Creates the error of an append that the writer had not started when it stopped, and of all later
/// appends.
pub(super) fn writer_stopped() -> RecordError {
    RecordError::Backend {
        operation: "append",
        source: "the writer of this table has stopped, because the store panicked or its runtime was shut down: \
                 nothing was written; open the store again"
            .into(),
    }
}

/// Creates the error of an append that the writer had started when it stopped.
pub(super) fn writer_stopped_during_append() -> RecordError {
    RecordError::Unknown {
        source: "the writer of this table stopped during the append, because the store panicked or its runtime was shut down"
            .into(),
    }
}

/// Copies an error for each of `n` callers.
#[must_use]
pub fn repeat(error: RecordError, n: usize) -> Vec<RecordError> {
    if n == 1 {
        return vec![error];
    }
    let error = Arc::new(error);
    (0..n).map(|_| copy_of(&error)).collect()
}

fn copy_of(error: &Arc<RecordError>) -> RecordError {
    let source = || -> BoxError { Box::new(SharedSource(error.clone())) };
    match &**error {
        RecordError::Conflict {
            sequence_id,
            position,
        } => RecordError::Conflict {
            sequence_id: *sequence_id,
            position: *position,
        },
        RecordError::Unavailable { .. } => RecordError::Unavailable { source: source() },
        RecordError::Unknown { .. } => RecordError::Unknown { source: source() },
        RecordError::Invalid { reason } => RecordError::Invalid {
            reason: reason.clone(),
        },
        RecordError::Schema { table, reason } => RecordError::Schema {
            table: table.clone(),
            reason: reason.clone(),
        },
        RecordError::Damaged { table, reason } => RecordError::Damaged {
            table: table.clone(),
            reason: reason.clone(),
        },
        RecordError::Unsupported { operation } => RecordError::unsupported(operation),
        RecordError::InvalidUri { uri, reason } => RecordError::InvalidUri {
            uri: uri.clone(),
            reason: reason.clone(),
        },
        RecordError::InvalidSetting { setting, reason } => RecordError::InvalidSetting {
            setting,
            reason: reason.clone(),
        },
        RecordError::Closed => RecordError::Closed,
        RecordError::Backend { operation, .. } => RecordError::Backend {
            operation,
            source: source(),
        },
    }
}

/// The source of an error that several callers share.
#[derive(Debug)]
struct SharedSource(Arc<RecordError>);

impl fmt::Display for SharedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .source()
            .map_or(Ok(()), |source| fmt::Display::fmt(source, f))
    }
}

impl Error for SharedSource {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()?.source()
    }
}
