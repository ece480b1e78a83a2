//! The rules of leases, modes, dead letters and names: each a transaction of its own.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use es_core::error::{Error, ProjectionError, Result};
use es_store::read_model::{
    DeadLetter, LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel, Request, Step,
};
use es_store::{BoxError, RecordError, RecordId};
use uuid::Uuid;

/// Work in a transaction that somebody else begins and ends.
pub(super) type Work<'t, T, E = Error> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// Does work in a transaction, and commits it where the work succeeds.
pub(super) async fn transact<M: ReadModel, T: Send + 'static>(
    model: &M,
    work: impl for<'t> FnOnce(&'t M, &'t mut M::Transaction) -> Work<'t, T> + Send + 'static,
) -> Result<T> {
    let here = model.clone();
    let done = model.run(async move {
        let mut transaction = here.begin().await?;
        let done = work(&here, &mut transaction).await;
        if done.is_ok() {
            here.commit(transaction).await?;
        } else {
            undo(&here, transaction).await;
        }
        done
    });
    done.await?
}

/// Rolls back what has failed already; a failure here changes nothing about that.
pub(super) async fn undo<M: ReadModel>(model: &M, transaction: M::Transaction) {
    warn_of(model.rollback(transaction).await);
}

/// A transaction that is not rolled back goes with its connection.
pub(super) fn warn_of(undone: Result<(), RecordError>) {
    if let Err(error) = undone {
        tracing::warn!(%error, "a transaction could not be rolled back, and goes with its connection");
    }
}

/// The right to run a projection, until it ends or another has a higher epoch.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) name: Arc<str>,
    pub(super) epoch: u64,
    pub(super) length: Duration,
}

impl Lease {
    pub(super) fn step(&self, from: RecordId, to: RecordId) -> Step<'_> {
        Step {
            name: &self.name,
            epoch: self.epoch,
            from,
            to,
            lease: self.length,
        }
    }
}

/// What became of asking for the lease.
pub(super) enum Claimed {
    /// We have it; the projection is as the row says.
    Ours(Lease, ProjectionRow),
    /// Another has it for so long.
    Others(Duration),
}

/// Whether a projection that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    Made,
    /// It was there before, and was removed or given another name.
    Refused,
}

/// Takes the lease where it is free or was ours. The epoch it comes with fences all owners before.
pub(super) async fn claim<M: ReadModel>(
    model: &M,
    name: &Arc<str>,
    owner: Uuid,
    length: Duration,
    absent: Absent,
) -> Result<Claimed> {
    let name = Arc::clone(name);
    transact(model, move |model, transaction| {
        Box::pin(async move {
            if absent == Absent::Made {
                model.tables().insert(transaction, &name).await?;
            }
            let mut row = locked(model, transaction, &name).await?;
            if row.owner != Some(owner) && !row.lease_left.is_zero() {
                return Ok(Claimed::Others(row.lease_left));
            }
            row.epoch += 1;
            row.owner = Some(owner);
            row.lease_left = length;
            model.tables().put(transaction, &row).await?;
            let epoch = row.epoch;
            Ok(Claimed::Ours(
                Lease {
                    name,
                    epoch,
                    length,
                },
                row,
            ))
        })
    })
    .await
}

/// What an owner is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) mode: Mode,
    /// Whether something is asked of dead letters.
    pub(super) asks: bool,
}

/// Makes the lease last its length from now on; none where it is another's.
pub(super) async fn renew<M: ReadModel>(model: &M, lease: &Lease) -> Result<Option<Orders>> {
    let lease = lease.clone();
    transact(model, move |model, transaction| {
        Box::pin(async move {
            let Some(mut row) = model.tables().lock(transaction, &lease.name).await? else {
                return Ok(None);
            };
            if row.epoch != lease.epoch {
                return Ok(None);
            }
            row.lease_left = lease.length;
            model.tables().put(transaction, &row).await?;
            let query = LetterQuery::new(1).requested();
            let asked = model
                .tables()
                .letters(transaction, &lease.name, &query)
                .await?;
            Ok(Some(Orders {
                mode: row.mode,
                asks: !asked.is_empty(),
            }))
        })
    })
    .await
}

/// Gives the lease back, if it is still ours.
pub(super) async fn release<M: ReadModel>(model: &M, lease: &Lease) -> Result<()> {
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

/// Pauses a projection, or lets it go on.
pub(super) async fn set_mode<M: ReadModel>(model: &M, name: &str, mode: Mode) -> Result<()> {
    let name = name.to_owned();
    transact(model, move |model, transaction| {
        Box::pin(async move {
            let mut row = locked(model, transaction, &name).await?;
            row.mode = mode;
            Ok(model.tables().put(transaction, &row).await?)
        })
    })
    .await
}

/// Asks something of the first dead letter of an aggregate.
pub(super) async fn ask<M: ReadModel>(
    model: &M,
    name: &str,
    aggregate_id: Uuid,
    request: Request,
) -> Result<()> {
    let name = name.to_owned();
    transact(model, move |model, transaction| {
        Box::pin(async move {
            // Locked first, as a runner does: no letter comes or goes meanwhile.
            locked(model, transaction, &name).await?;
            let query = LetterQuery::new(1).with_aggregate(aggregate_id);
            let first = model
                .tables()
                .letters(transaction, &name, &query)
                .await?
                .pop();
            let Some(first) = first else {
                return Err(ProjectionError::NoDeadLetter { name, aggregate_id }.into());
            };
            let asked = DeadLetter {
                request: Some(request),
                ..first
            };
            Ok(model
                .tables()
                .put_letters(transaction, &name, &[asked])
                .await?)
        })
    })
    .await
}

/// What a user does in the transaction of a switch.
pub(super) type Refit<M> =
    Box<dyn for<'t> FnOnce(&'t mut <M as ReadModel>::Transaction) -> Work<'t, (), BoxError> + Send>;

/// Lets the projection `new` take the name `live`, with its position and its dead letters; who runs either is fenced. It is
/// paused: who ran `live` has the old code, and would fill the new tables by it.
pub(super) async fn switch<M: ReadModel>(
    model: &M,
    new: &str,
    live: &str,
    refit: Refit<M>,
) -> Result<()> {
    if new == live {
        // It would be removed to make room for itself.
        return Err(Error::InvalidSetting {
            setting: "switch",
            reason: format!("`{live}` cannot take its own place; build under a name of its own"),
        });
    }
    let (new, live) = (new.to_owned(), live.to_owned());
    transact(model, move |model, transaction| {
        Box::pin(async move {
            model.tables().insert(transaction, &live).await?;
            // By name, so that two switches do not wait for each other.
            let [first, second] = if new < live {
                [&new, &live]
            } else {
                [&live, &new]
            };
            let (one, other) = (
                locked(model, transaction, first).await?,
                locked(model, transaction, second).await?,
            );
            let epoch = one.epoch.max(other.epoch) + 1;
            let row = if one.name == new { one } else { other };
            let refused = |source| ProjectionError::Refused {
                name: live.clone(),
                source,
            };
            refit(transaction).await.map_err(refused)?;
            model.check(transaction).await?;
            model.tables().remove(transaction, &live).await?;
            model.tables().rename(transaction, &new, &live).await?;
            let row = ProjectionRow {
                name: live,
                epoch,
                owner: None,
                lease_left: Duration::ZERO,
                mode: Mode::Paused,
                ..row
            };
            Ok(model.tables().put(transaction, &row).await?)
        })
    })
    .await
}

pub(super) async fn locked<M: ReadModel>(
    model: &M,
    transaction: &mut M::Transaction,
    name: &str,
) -> Result<ProjectionRow> {
    let row = model.tables().lock(transaction, name).await?;
    row.ok_or_else(|| {
        ProjectionError::Unknown {
            name: name.to_owned(),
        }
        .into()
    })
}
