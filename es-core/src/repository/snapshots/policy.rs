//! The policy of automatic snapshots.

use std::num::NonZeroU64;

use es_store::Position;

use crate::domain::{Aggregate, DomainEvent, has_snapshots};
use crate::error::Result;
use crate::event_store::UpTo;
use crate::repository::Repository;

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

    /// Takes a snapshot at the last of these saved events, if one is due.
    pub(crate) async fn take_if_due<A: Aggregate>(
        &self,
        repository: &Repository,
        events: &[DomainEvent<A>],
    ) -> Result<()> {
        let Some(strategy) = repository.snapshot_strategy() else {
            return Ok(());
        };
        let Some(last) = events.last().filter(|_| self.is_due(events)) else {
            return Ok(());
        };
        let Some(position @ Position::Integer(_)) = last.header().position() else {
            return Ok(());
        };
        let up_to = UpTo::from(..=position);
        strategy
            .take::<A>(repository.event_store(), last.originator_id(), up_to)
            .await?;
        Ok(())
    }
}
