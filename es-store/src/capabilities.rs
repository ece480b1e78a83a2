//! The capabilities of a store.

/// The promises that a store keeps beyond the contract of [`RecordManager`](crate::RecordManager).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// The application sequence, and its promises.
    pub record_ids: RecordIds,
    /// Support for appends with items of several sequences.
    pub appends_across_sequences: bool,
}

impl Capabilities {
    /// The capabilities of a store that keeps every promise.
    #[must_use]
    pub const fn full() -> Self {
        Self {
            record_ids: RecordIds::Contiguous,
            appends_across_sequences: true,
        }
    }

    /// Takes the record ids away, for a table without them.
    #[must_use]
    pub const fn without_record_ids(mut self) -> Self {
        self.record_ids = RecordIds::None;
        self
    }
}

/// The application sequence of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordIds {
    /// There is none: `records` and `max_record_id` are [`RecordError::Unsupported`](crate::RecordError::Unsupported).
    None,
    /// Record ids are contiguous from 1, in commit order.
    Contiguous,
}
