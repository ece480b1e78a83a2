use std::num::NonZeroU64;

use crate::domain::aggregate::Aggregate;
use crate::domain::event::DomainEvent;
use crate::domain::snapshot::has_snapshots;

/// The policy that takes a snapshot whenever so many events have happened to an aggregate of a type that has snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshottingPolicy {
    every: NonZeroU64,
}

impl SnapshottingPolicy {
    /// Every so many events.
    #[must_use]
    pub const fn every(events: NonZeroU64) -> Self {
        Self { every: events }
    }

    /// Whether events that were published together ask for a snapshot: one of them is the n-th, the 2n-th and so on of its
    /// sequence. The snapshot is then at the version of the last of them, so not always at a multiple.
    #[must_use]
    pub fn is_due<A: Aggregate>(&self, events: &[DomainEvent<A>]) -> bool {
        let versions = events
            .iter()
            .filter_map(|event| event.header().originator_version);
        has_snapshots::<A>()
            && versions
                .into_iter()
                .any(|version| (version.get() + 1) % self.every == 0)
    }
}
