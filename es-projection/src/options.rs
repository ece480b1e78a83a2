//! The settings of a runner.

use std::ops::RangeInclusive;
use std::time::Duration;

use es_core::Retry;
use es_core::error::{Error, Result};

/// The settings of a runner, with their defaults.
pub(crate) struct Options {
    /// Maximum number of records per transaction.
    pub(crate) batch_size: usize,
    /// Duration of a transaction after which it is committed.
    pub(crate) batch_time: Duration,
    /// The attempts for an event that fails.
    pub(crate) retry: Retry,
    /// Duration of the lease.
    pub(crate) lease: Duration,
    /// Backoff while the store or the log is unavailable.
    pub(crate) backoff: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_size: 1_000,
            batch_time: Duration::from_millis(250),
            retry: Retry::default()
                .attempts(5)
                .wait(Duration::from_millis(50))
                .growth(2.0),
            lease: Duration::from_secs(15),
            backoff: Duration::from_millis(250),
        }
    }
}

/// A shorter lease would be renewed without a pause; a longer one would lock out all other runners
/// for too long after its owner dies.
const LEASE_DURATIONS: RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_secs(24 * 60 * 60);

impl Options {
    /// Checks the settings that have limits.
    pub(crate) fn check(&self) -> Result<()> {
        if LEASE_DURATIONS.contains(&self.lease) {
            return Ok(());
        }
        Err(Error::InvalidSetting {
            setting: "lease",
            reason: format!(
                "the duration {:?} is out of range; set one from {:?} to {:?}",
                self.lease,
                LEASE_DURATIONS.start(),
                LEASE_DURATIONS.end(),
            ),
        })
    }
}
