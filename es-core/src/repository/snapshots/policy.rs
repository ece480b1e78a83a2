//! The policy of automatic snapshots.

use std::num::NonZeroU64;

use es_store::Position;
use uuid::Uuid;

use crate::domain::{Aggregate, DomainEvent, has_snapshots};
use crate::event_store::UpTo;

/// A policy that takes a snapshot after every *n* events of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshottingPolicy {
    every: NonZeroU64,
}

impl SnapshottingPolicy {
    /// Creates a policy that takes a snapshot after every `events` events.
    #[must_use]
    pub const fn every(events: NonZeroU64) -> Self {
        Self { every: events }
    }

    /// Returns whether a snapshot is due after events that were saved together: one of them is the
    /// n-th, the 2n-th and so on of its sequence.
    ///
    /// The snapshot is taken at the last of these events, so its version is not always a multiple.
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

    /// Returns the aggregate and the version at which a snapshot is due after these saved events.
    pub(crate) fn due_at<A: Aggregate>(self, events: &[DomainEvent<A>]) -> Option<(Uuid, UpTo)> {
        let last = events.last().filter(|_| self.is_due(events))?;
        match last.header().position()? {
            position @ Position::Integer(_) => {
                Some((last.originator_id(), UpTo::from(..=position)))
            }
            _ => None,
        }
    }
}
