//! Projections: read models that are fed from a notification log, with their positions kept in the same transaction.
//!
//! A [`Projection`] is an impl block of handlers; a [`ReadModel`] the database that they fill; a [`Runner`] brings them
//! together, one of them at a time having the lease.

#[cfg(feature = "progress")]
mod bar;
mod batch;
mod book;
mod coverage;
mod guarded;
mod job;
mod keeper;
mod letters;
mod memory;
mod progress;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod projection;
mod projection_tables;
mod projections;
mod read_model;
mod runner;
mod running;
mod sequence_type;
mod session;
mod stop;
mod supply;
mod telemetry;

pub use crate::error::ProjectionError;
pub use guarded::Guarded;
#[cfg(feature = "progress")]
pub use indicatif::ProgressBar;
pub use memory::{MemoryReadModel, MemoryTransaction};
pub use progress::{Phase, Progress};
pub use projection::Projection;
pub use projection_tables::ProjectionTables;
pub use projections::Projections;
pub use read_model::{
    Advanced, Asked, DeadLetter, LetterQuery, Mode, ProjectionRow, ReadModel, Request, Step, Undoes,
};
pub use runner::Runner;
pub use running::Running;

/// What expansions of the macros call.
pub(crate) mod expansion {
    pub use super::coverage::{Fault, is_foreign, transacting, unhandled};
    pub use super::projection::Projection;
    pub use crate::application::Outcome;
    pub use crate::error::BoxError;
    pub use crate::infrastructure::RecordId;
}
