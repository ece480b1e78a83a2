//! The domain of the writers.

use es::aggregate;

/// A counter.
#[aggregate]
pub struct Counter {
    #[attribute]
    count: u64,
}
