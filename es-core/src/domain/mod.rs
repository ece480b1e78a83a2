//! Events and the entities that they happen to: pure, synchronous, without a database.

mod version;

pub use version::Version;
