use uuid::Uuid;

use crate::appended::Appended;
use crate::error::RecordError;
use crate::position::Position;
use crate::record_id::RecordId;

/// The outcomes of a batch, append by append, and the rule of record ids: those that are kept have consecutive ids from
/// the greatest that was there, in their order; those that are not use none.
#[derive(Debug)]
pub struct Outcomes {
    next: Option<u64>,
    appends: Vec<Result<Appended, RecordError>>,
}

impl Outcomes {
    /// Of a transaction that found `max` to be the greatest record id, 0 where there was none.
    #[must_use]
    pub const fn after(max: RecordId) -> Self {
        Self {
            next: Some(max.get() + 1),
            appends: Vec::new(),
        }
    }

    /// Of a table without record ids.
    #[must_use]
    pub const fn without_ids() -> Self {
        Self {
            next: None,
            appends: Vec::new(),
        }
    }

    /// The id that the first item of the next append has, if that append is kept.
    #[must_use]
    pub fn next_id(&self) -> Option<RecordId> {
        self.next.map(RecordId::new)
    }

    /// The next append is kept; it has `len` items.
    pub fn keep(&mut self, len: usize) {
        self.appends.push(Ok(match self.next {
            Some(first) => {
                self.next = Some(first + len as u64);
                Appended::with_ids(RecordId::new(first), len)
            }
            None => Appended::without_ids(len),
        }));
    }

    /// The next append is left out, as this position is taken.
    pub fn conflict(&mut self, sequence_id: Uuid, position: Position) {
        self.refuse(RecordError::Conflict {
            sequence_id,
            position,
        });
    }

    /// The next append is left out, for a reason of its own.
    pub fn refuse(&mut self, error: RecordError) {
        self.appends.push(Err(error));
    }

    pub(super) fn into_appends(self) -> Vec<Result<Appended, RecordError>> {
        self.appends
    }
}
