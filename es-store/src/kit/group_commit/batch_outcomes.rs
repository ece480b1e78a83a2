//! The outcomes of a batch, and the assignment of record ids.

use uuid::Uuid;

use crate::appended::Appended;
use crate::error::RecordError;
use crate::position::Position;
use crate::record_id::RecordId;

/// Collects the outcome of each append in a batch and assigns record ids. Accepted appends get
/// consecutive ids after the greatest stored id, in their order; rejected appends use none.
#[derive(Debug)]
pub struct BatchOutcomes {
    next: Option<u64>,
    appends: Vec<Result<Appended, RecordError>>,
}

impl BatchOutcomes {
    /// Creates the outcomes of a transaction that found `max` as the greatest record id, 0 in an
    /// empty table.
    #[must_use]
    pub const fn after(max: RecordId) -> Self {
        Self {
            next: Some(max.get() + 1),
            appends: Vec::new(),
        }
    }

    /// Creates the outcomes for a table without record ids.
    #[must_use]
    pub const fn without_ids() -> Self {
        Self {
            next: None,
            appends: Vec::new(),
        }
    }

    /// Returns the record id that the next append starts with if it is accepted.
    #[must_use]
    pub fn next_id(&self) -> Option<RecordId> {
        self.next.map(RecordId::new)
    }

    /// Accepts the next append, which has `len` items.
    pub fn accept(&mut self, len: usize) {
        self.appends.push(Ok(match self.next {
            Some(first) => {
                self.next = Some(first + len as u64);
                Appended::with_ids(RecordId::new(first), len)
            }
            None => Appended::without_ids(len),
        }));
    }

    /// Rejects the next append because this position is taken.
    pub fn conflict(&mut self, sequence_id: Uuid, position: Position) {
        self.reject(RecordError::Conflict {
            sequence_id,
            position,
        });
    }

    /// Rejects the next append with its own error.
    pub fn reject(&mut self, error: RecordError) {
        self.appends.push(Err(error));
    }

    pub(super) fn into_appends(self) -> Vec<Result<Appended, RecordError>> {
        self.appends
    }
}
