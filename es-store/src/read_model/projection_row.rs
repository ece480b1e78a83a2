//! The stored state of a projection, and the step that moves its position.

use std::time::Duration;

use uuid::Uuid;

use crate::record_id::RecordId;

/// The position, the lease and the mode of a projection: a row of `es_projections`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionRow {
    /// The name of the projection.
    pub name: String,
    /// The record id up to which every event is handled or a dead letter.
    pub position: RecordId,
    /// Counts the owners of the lease. An owner with a lower number is fenced.
    pub epoch: u64,
    /// The runner that has the lease or had it last; `None` before the first.
    pub owner: Option<Uuid>,
    /// The remaining time of the lease; zero if it is free. Stored as the time at which it expires.
    pub lease_left: Duration,
    /// Tells the owner to handle events or to pause.
    pub mode: Mode,
}

/// The mode of a projection, stored so that it applies to every runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The owner handles events. Stored as `active`.
    Active,
    /// The owner handles no events until the projection is resumed. Stored as `paused`.
    Paused,
}

impl Mode {
    /// Returns the stored text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }

    /// Parses the stored text; `None` if it is unknown.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// A change of a projection's position by the owner of its lease.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The name of the projection.
    pub name: &'a str,
    /// The owner's epoch. If the row has another epoch, the owner is fenced.
    pub epoch: u64,
    /// The position before the step.
    pub from: RecordId,
    /// The position after the step. If it equals `from`, the step only checks the row and renews the
    /// lease.
    pub to: RecordId,
    /// The duration of the renewed lease, from now.
    pub lease: Duration,
}

/// The outcome of a [`Step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// The row has the new position.
    Yes,
    /// The row has another epoch or position, or is gone: another runner owns the projection.
    Fenced,
}

impl Advanced {
    /// Creates the outcome from the number of rows that the statement matched.
    #[must_use]
    pub const fn from_row_count(matched: u64) -> Self {
        match matched {
            0 => Self::Fenced,
            _ => Self::Yes,
        }
    }
}
