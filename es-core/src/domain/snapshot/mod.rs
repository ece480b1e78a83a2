//! Snapshots: the state of an aggregate as stored text, and replay that resumes from one.

mod resume;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod snapshot;
mod state;

pub(crate) use self::resume::{Anchor, has_snapshots};
pub use self::snapshot::Snapshot;
pub use self::state::{Snapshotted, StateOps, present};
