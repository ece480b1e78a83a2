//! Projections: read models that are fed from a notification log, with their positions kept in the same transaction.
//!
//! A [`Projection`] is an impl block of handlers; a [`ReadModel`](es_store::read_model::ReadModel) the database that they fill; a [`Runner`] brings them
//! together, one of them at a time having the lease.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod batch;
mod coverage;
mod dead_letters;
mod guarded;
mod lease;
mod lease_renewal;
mod memory_read_model;
mod prefetch;
mod progress;
#[cfg(feature = "progress")]
mod progress_bar;
mod projection;
mod projections;
mod runner;
mod running;
mod sequence_type;
mod session;
mod stop;
mod telemetry;

pub use self::guarded::Guarded;
pub use self::memory_read_model::{MemoryReadModel, MemoryTransaction};
pub use self::progress::{Phase, Progress};
pub use self::projection::Projection;
pub use self::projections::Projections;
pub use self::runner::Runner;
pub use self::running::Running;
#[cfg(feature = "progress")]
pub use indicatif::ProgressBar;

/// Items that expansions of the macros call; they may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::coverage::{Fault, is_foreign, transacting, unhandled};
    pub use crate::projection::Projection;
    pub use es_core::application::Outcome;
    pub use es_store::{BoxError, RecordId};
}
