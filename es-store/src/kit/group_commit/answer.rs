//! Jobs, and the errors that answer several of them.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::append::Append;
use crate::appended::Appended;
use crate::error::{BoxError, RecordError};
use crate::sequenced_item::SequencedItem;

/// An append, and whom to answer.
pub(super) struct Job {
    pub(super) append: Append,
    pub(super) reply: Reply,
}

pub(super) type Reply = oneshot::Sender<Result<Appended, RecordError>>;

/// Answers a caller. One that has gone has no use for it.
pub(super) fn answer(reply: Reply, outcome: Result<Appended, RecordError>) {
    let _gone = reply.send(outcome);
}

/// The answer to an append that the writer had not taken up when it ended, and to all after it.
pub(super) fn stopped() -> RecordError {
    RecordError::Backend {
        operation: "append",
        source: "the writer of this table has ended: the store panicked, or its runtime was shut down; nothing was \
                 written, and the store is to be opened again"
            .into(),
    }
}

/// The answer to an append that the writer was about to write when it ended.
pub(super) fn stopped_in_between() -> RecordError {
    RecordError::Unknown {
        source: "the writer of this table ended in the middle: the store panicked, or its runtime was shut down".into(),
    }
}

/// Returns the same error for each of `n` callers.
#[must_use]
pub fn repeat(error: RecordError, n: usize) -> Vec<RecordError> {
    if n == 1 {
        return vec![error];
    }
    let error = Arc::new(error);
    (0..n).map(|_| again(&error)).collect()
}

fn again(error: &Arc<RecordError>) -> RecordError {
    let source = || -> BoxError { Box::new(SourceOf(error.clone())) };
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
struct SourceOf(Arc<RecordError>);

impl fmt::Display for SourceOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .source()
            .map_or(Ok(()), |source| fmt::Display::fmt(source, f))
    }
}

impl Error for SourceOf {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()?.source()
    }
}
