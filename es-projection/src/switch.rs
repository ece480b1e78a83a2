//! The switch that gives a rebuilt projection the name of the live one.

use std::time::Duration;

use es_core::error::{Error, ProjectionError, Result};
use es_store::BoxError;
use es_store::read_model::{Mode, ProjectionRow, ProjectionTables, ReadModel};

use crate::transaction::{Work, into_error, lock_row, transact};

/// The user's part of a switch, such as renaming tables.
pub(crate) type ReplaceTables<M> =
    Box<dyn for<'t> FnOnce(&'t mut <M as ReadModel>::Transaction) -> Work<'t, (), BoxError> + Send>;

/// Renames the projection `new` to `live` with its position and dead letters, removes the old `live`,
/// and fences the owners of both.
///
/// The projection is paused: runners of `live` still run the old code, which would write into the new
/// tables.
pub(crate) async fn switch<M: ReadModel>(
    model: &M,
    new: &str,
    live: &str,
    replace_tables: ReplaceTables<M>,
) -> Result<()> {
    check_names(new, live)?;
    let (new, live) = (new.to_owned(), live.to_owned());
    transact(model, move |model, transaction| {
        Box::pin(async move {
            model.tables().insert(transaction, &live).await?;
            let (new_row, live_row) = lock_both(model, transaction, &new, &live).await?;
            let refused = |source| ProjectionError::Refused {
                name: live.clone(),
                source,
            };
            replace_tables(transaction).await.map_err(refused)?;
            model.check(transaction).await.map_err(into_error)?;
            model.tables().remove(transaction, &live).await?;
            model.tables().rename(transaction, &new, &live).await?;
            let row = ProjectionRow {
                epoch: new_row.epoch.max(live_row.epoch) + 1,
                name: live,
                owner: None,
                lease_left: Duration::ZERO,
                mode: Mode::Paused,
                ..new_row
            };
            Ok(model.tables().put(transaction, &row).await?)
        })
    })
    .await
}

/// Refuses equal names: removing `live` would remove the new projection.
fn check_names(new: &str, live: &str) -> Result<()> {
    if new == live {
        return Err(Error::InvalidSetting {
            setting: "switch",
            reason: format!(
                "`{live}` cannot replace itself; build the new projection under another name"
            ),
        });
    }
    Ok(())
}

/// Locks the rows of two projections in the order of their names, so that concurrent switches do not
/// deadlock.
async fn lock_both<M: ReadModel>(
    model: &M,
    transaction: &mut M::Transaction,
    new: &str,
    live: &str,
) -> Result<(ProjectionRow, ProjectionRow)> {
    if new < live {
        let new = lock_row(model, transaction, new).await?;
        Ok((new, lock_row(model, transaction, live).await?))
    } else {
        let live = lock_row(model, transaction, live).await?;
        Ok((lock_row(model, transaction, new).await?, live))
    }
}
