//! The progress of a projection.

use std::time::{Duration, Instant};

use es_store::RecordId;

/// The progress of a projection, as its runner knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The committed position: every event up to it was handled or became a dead letter.
    pub position: RecordId,
    /// The last record of the log. The runner reads it once a second.
    pub head: RecordId,
    /// Records per second, over at least the last half second.
    pub rate: f64,
    /// The activity of the runner.
    pub phase: Phase,
    /// Number of aggregates with dead letters.
    pub blocked_aggregates: usize,
}

/// The activity of a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Waits for the lease, which another runner has.
    Waiting,
    /// Handles events.
    CatchingUp,
    /// Has handled all events and waits for new ones.
    Live,
    /// Has the lease but is paused.
    Paused,
    /// Has ended.
    Ended,
}

impl Progress {
    /// The progress before the runner has the lease.
    pub(crate) const START: Self = Self {
        position: RecordId::new(0),
        head: RecordId::new(0),
        rate: 0.0,
        phase: Phase::Waiting,
        blocked_aggregates: 0,
    };

    /// Returns the number of records that are not yet handled.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.head.get().saturating_sub(self.position.get())
    }

    /// Sets the position. The head was read earlier, so it may have to follow.
    pub(crate) fn move_to(&mut self, position: RecordId) {
        self.position = position;
        self.head = self.head.max(position);
    }
}

/// Measures records per second.
pub(crate) struct RateMeter {
    since: Instant,
    from: RecordId,
    rate: f64,
}

/// Minimum duration of a measurement: shorter ones fluctuate.
const MEASUREMENT: Duration = Duration::from_millis(500);

impl RateMeter {
    pub(crate) fn new(from: RecordId) -> Self {
        Self {
            since: Instant::now(),
            from,
            rate: 0.0,
        }
    }

    /// Returns the rate of the last complete measurement.
    pub(crate) fn rate(&mut self, position: RecordId) -> f64 {
        let elapsed = self.since.elapsed();
        if elapsed >= MEASUREMENT {
            #[expect(clippy::cast_precision_loss, reason = "a rate is approximate")]
            let records = position.get().saturating_sub(self.from.get()) as f64;
            self.rate = records / elapsed.as_secs_f64();
            (self.since, self.from) = (Instant::now(), position);
        }
        self.rate
    }
}
