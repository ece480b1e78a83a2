//! Snapshots: stored states of aggregates.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod snapshot;

pub use self::snapshot::Snapshot;
