//! Projections fill read models from a notification log. The position of a projection commits with
//! its writes, so a crash skips no event and handles none twice.
//!
//! * A [`Projection`] is a set of event handlers: an `impl` block with `#[projection]`.
//! * A [`ReadModel`] is the database that the handlers write into, such as [`MemoryReadModel`].
//! * A [`Runner`] follows the log and calls the handlers. Of all runners of a projection, in any
//!   processes, one has the lease and works.
//! * [`Projections`] administers the projections of a read model: it pauses them, retries dead letters,
//!   and replaces a projection by a rebuilt one.
//!
//! ```
//! use std::time::Duration;
//!
//! use es::{Aggregate, Application, aggregate, projection};
//! use es_projection::{MemoryReadModel, MemoryTransaction, Runner};
//!
//! #[aggregate]
//! pub struct Note {
//!     #[attribute]
//!     text: String,
//! }
//!
//! /// Counts notes.
//! pub struct Count;
//!
//! #[projection(aggregates(Note), ignore_others)]
//! impl Count {
//!     #[subscribe_to(NoteCreated)]
//!     fn created(&self, _: &NoteCreated, count: &mut MemoryTransaction<u64>) {
//!         **count += 1;
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> es::Result<()> {
//! let app = Application::builder().uri("memory:").open().await?;
//! let model = MemoryReadModel::new(0);
//! let running = Runner::new(Count, model.clone(), &app)?.start().await?;
//!
//! let saved = app.save(&mut Note::create("buy milk")?).await?;
//! if let Some(last) = saved.record_ids().last() {
//!     running.wait_for(last, Duration::from_secs(5)).await?;
//! }
//! assert_eq!(*model.read().await, 1);
//! running.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`ReadModel`]: es_store::read_model::ReadModel

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod batch;
mod coverage;
mod dead_letters;
mod decoder;
mod guarded;
mod lease;
mod lease_renewal;
mod memory_read_model;
mod options;
mod prefetch;
mod processing;
mod progress;
#[cfg(feature = "progress")]
mod progress_bar;
mod projection;
mod projections;
mod runner;
mod running;
mod sequence_type;
mod session;
mod switch;
mod telemetry;
mod transaction;

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
