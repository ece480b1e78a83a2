//! The common interface of all kinds of replay.

use super::replay::Replay;
use super::resume::has_snapshots;
use super::untyped_replay::UntypedReplay;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::Stored;
use crate::domain::snapshot::Snapshot;
use crate::error::Result;

/// A replay into an aggregate of a type that is known, erased or undeclared.
pub(crate) trait ReplayTarget: Send {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()>;

    /// Starts the replay at a snapshot if possible. Returns whether it does.
    fn resume(&mut self, _: &Snapshot) -> Result<bool> {
        Ok(false)
    }

    fn has_snapshots(&self) -> bool {
        false
    }
}

impl<A: Aggregate> ReplayTarget for Replay<A> {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        Self::apply(self, stored)
    }

    fn resume(&mut self, snapshot: &Snapshot) -> Result<bool> {
        Self::resume(self, snapshot)
    }

    fn has_snapshots(&self) -> bool {
        has_snapshots::<A>()
    }
}

impl ReplayTarget for UntypedReplay {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        Self::apply(self, stored)
    }
}
