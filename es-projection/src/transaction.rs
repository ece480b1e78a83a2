//! Transactions of a read model that the library begins and ends itself.

use std::pin::Pin;

use es_core::error::{Error, ProjectionError, Result};
use es_store::RecordError;
use es_store::read_model::{ProjectionRow, ProjectionTables, ReadModel, ReadModelError};

/// Work in a transaction that the caller begins and ends.
pub(crate) type Work<'t, T, E = Error> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// Runs work in a transaction; commits if the work succeeds, else rolls back.
pub(crate) async fn transact<M: ReadModel, T: Send + 'static>(
    model: &M,
    work: impl for<'t> FnOnce(&'t M, &'t mut M::Transaction) -> Work<'t, T> + Send + 'static,
) -> Result<T> {
    let inner = model.clone();
    let done = model.run(async move {
        let mut transaction = inner.begin().await?;
        let done = work(&inner, &mut transaction).await;
        if done.is_ok() {
            inner.commit(transaction).await.map_err(into_error)?;
        } else {
            roll_back(&inner, transaction).await;
        }
        done
    });
    done.await?
}

/// Rolls back after an error. An error of the rollback is only logged, so that the first error is
/// the one that is returned.
pub(crate) async fn roll_back<M: ReadModel>(model: &M, transaction: M::Transaction) {
    log_failed_rollback(model.rollback(transaction).await);
}

/// Logs an error of a rollback. The database rolls back anyway when the connection is closed.
pub(crate) fn log_failed_rollback(rolled_back: Result<(), RecordError>) {
    if let Err(error) = rolled_back {
        tracing::warn!(%error, "rolling back a transaction failed; the database rolls it back when the connection closes");
    }
}

/// Converts an error of a read model.
pub(crate) fn into_error(error: ReadModelError) -> Error {
    match error {
        ReadModelError::Store(error) => error.into(),
        error => Error::Store(RecordError::Backend {
            operation: "commit the transaction of a projection",
            source: error.into(),
        }),
    }
}

/// Locks and returns the row of a projection.
///
/// # Errors
///
/// [`ProjectionError::Unknown`] if it does not exist.
pub(crate) async fn lock_row<M: ReadModel>(
    model: &M,
    transaction: &mut M::Transaction,
    name: &str,
) -> Result<ProjectionRow> {
    let row = model.tables().lock(transaction, name).await?;
    row.ok_or_else(|| unknown(name).into())
}

/// Returns the error for a name without a projection.
pub(crate) fn unknown(name: &str) -> ProjectionError {
    ProjectionError::Unknown {
        name: name.to_owned(),
    }
}
