//! Snapshots in a store: the strategy that takes and finds them, and the policy of when to take them.

mod policy;
mod settings;
mod strategy;

pub use self::policy::SnapshottingPolicy;
pub(crate) use self::settings::SnapshotSettings;
pub use self::strategy::SnapshotStrategy;
pub(crate) use self::strategy::snapshot_position;
