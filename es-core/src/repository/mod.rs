//! The repository: loads aggregates from their events, and from snapshots if they are enabled.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod repository;
pub(crate) mod snapshots;
mod untyped_query;

pub use self::repository::Repository;
pub(crate) use self::repository::replay_items;
pub use self::snapshots::{SnapshotStrategy, SnapshottingPolicy};
pub use self::untyped_query::UntypedQuery;
