//! The lease of a projection: the right to run it, fenced by an epoch.

use std::sync::Arc;
use std::time::Duration;

use es_core::error::Result;
use es_store::RecordId;
use es_store::read_model::{LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel, Step};
use uuid::Uuid;

use crate::transaction::{lock_row, transact};

/// The right to run a projection, until it expires or another runner claims a higher epoch.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) name: Arc<str>,
    pub(crate) epoch: u64,
    pub(crate) duration: Duration,
}

impl Lease {
    /// Returns the step that moves the position and renews the lease. A late owner is fenced by it.
    pub(crate) fn step(&self, from: RecordId, to: RecordId) -> Step<'_> {
        Step {
            name: &self.name,
            epoch: self.epoch,
            from,
            to,
            lease: self.duration,
        }
    }
}

/// The answer to a claim.
pub(crate) enum Claim {
    /// The caller has the lease. The row is the projection's state.
    Granted(Lease, ProjectionRow),
    /// Another runner has the lease for this duration.
    Denied(Duration),
}

/// The treatment of a projection that has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfAbsent {
    /// Insert it at position 0.
    Create,
    /// Fail: it was removed or renamed after this runner had its lease.
    Fail,
}

/// Claims the lease if it is free or was the caller's. The new epoch fences all earlier owners.
pub(crate) async fn claim<M: ReadModel>(
    model: &M,
    name: &Arc<str>,
    owner: Uuid,
    duration: Duration,
    if_absent: IfAbsent,
) -> Result<Claim> {
    let name = Arc::clone(name);
    transact(model, move |model, transaction| {
        Box::pin(async move {
            if if_absent == IfAbsent::Create {
                model.tables().insert(transaction, &name).await?;
            }
            let mut row = lock_row(model, transaction, &name).await?;
            if row.owner != Some(owner) && !row.lease_left.is_zero() {
                return Ok(Claim::Denied(row.lease_left));
            }
            row.epoch += 1;
            row.owner = Some(owner);
            row.lease_left = duration;
            model.tables().put(transaction, &row).await?;
            let epoch = row.epoch;
            let lease = Lease {
                name,
                epoch,
                duration,
            };
            Ok(Claim::Granted(lease, row))
        })
    })
    .await
}

/// The part of the stored state that an owner reads when it renews its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renewed {
    pub(crate) mode: Mode,
    /// True if a dead letter has a pending request.
    pub(crate) has_requests: bool,
}

/// Renews the lease for its whole duration; `None` if another runner has it.
pub(crate) async fn renew<M: ReadModel>(model: &M, lease: &Lease) -> Result<Option<Renewed>> {
    let lease = lease.clone();
    transact(model, move |model, transaction| {
        Box::pin(async move {
            let tables = model.tables();
            let Some(mut row) = tables.lock(transaction, &lease.name).await? else {
                return Ok(None);
            };
            if row.epoch != lease.epoch {
                return Ok(None);
            }
            row.lease_left = lease.duration;
            tables.put(transaction, &row).await?;
            let query = LetterQuery::new(1).requested();
            let requested = tables.letters(transaction, &lease.name, &query).await?;
            Ok(Some(Renewed {
                mode: row.mode,
                has_requests: !requested.is_empty(),
            }))
        })
    })
    .await
}

/// Releases the lease unless another runner has it, so that a waiting runner need not let it expire.
pub(crate) async fn release<M: ReadModel>(model: &M, lease: &Lease) -> Result<()> {
    let lease = lease.clone();
    transact(model, move |model, transaction| {
        Box::pin(async move {
            let row = model.tables().lock(transaction, &lease.name).await?;
            if let Some(mut row) = row.filter(|row| row.epoch == lease.epoch) {
                row.owner = None;
                row.lease_left = Duration::ZERO;
                model.tables().put(transaction, &row).await?;
            }
            Ok(())
        })
    })
    .await
}
