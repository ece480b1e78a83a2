use std::time::{Duration, Instant};

use es_store::RecordId;

/// How far a projection is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The record up to which every event is handled, or a dead letter; committed.
    pub position: RecordId,
    /// The last record of the log, as far as it is known.
    pub head: RecordId,
    /// Records a second, lately.
    pub rate: f64,
    /// What the runner does.
    pub phase: Phase,
    /// How many aggregates have dead letters.
    pub parked: usize,
}

/// What a runner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It waits for the lease, which another has.
    Waiting,
    /// It handles what is there.
    CatchingUp,
    /// It has handled what is there, and waits for more.
    Live,
    /// It is paused.
    Paused,
    /// It has ended.
    Ended,
}

impl Progress {
    pub(super) const START: Self = Self {
        position: RecordId::new(0),
        head: RecordId::new(0),
        rate: 0.0,
        phase: Phase::Waiting,
        parked: 0,
    };

    /// How many records are left to be handled, as far as is known.
    #[must_use]
    pub fn lag(&self) -> u64 {
        self.head.get().saturating_sub(self.position.get())
    }

    /// At another position, with its head not behind it.
    pub(super) fn at(&mut self, position: RecordId) {
        self.position = position;
        self.head = self.head.max(position);
    }
}

/// Measures the rate over the last moments.
pub(super) struct Meter {
    since: Instant,
    from: RecordId,
    rate: f64,
}

/// A rate is of so long at least.
const MOMENT: Duration = Duration::from_millis(500);

impl Meter {
    pub(super) fn new(from: RecordId) -> Self {
        Self {
            since: Instant::now(),
            from,
            rate: 0.0,
        }
    }

    pub(super) fn rate(&mut self, position: RecordId) -> f64 {
        let elapsed = self.since.elapsed();
        if elapsed >= MOMENT {
            #[expect(clippy::cast_precision_loss, reason = "a rate is about right")]
            let records = position.get().saturating_sub(self.from.get()) as f64;
            self.rate = records / elapsed.as_secs_f64();
            (self.since, self.from) = (Instant::now(), position);
        }
        self.rate
    }
}
