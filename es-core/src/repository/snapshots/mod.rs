//! How snapshots are stored, and when they are taken.

mod policy;
mod settings;
pub(crate) mod strategy;

pub use self::policy::SnapshottingPolicy;
pub(crate) use self::settings::Snapshots;
pub use self::strategy::SnapshotStrategy;
