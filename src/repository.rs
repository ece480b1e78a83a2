//! The repository beyond [`Repository`](crate::Repository): snapshots and untyped aggregates.

pub use es_core::repository::{SnapshotStrategy, SnapshottingPolicy, UntypedQuery};
