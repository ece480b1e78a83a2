//! Events in a transaction of the caller's own.

use es_core::infrastructure::{Appended, SequencedItem, Table};
use es_core::{Aggregate, Application, RecordError, Result, Staged};
use tokio_postgres::Transaction;

use crate::session::PostgresSession;

/// Writes the pending events of an aggregate in a transaction of the caller's own, all or none, so
/// that they commit together with the caller's statements.
///
/// ```no_run
/// # use es_core::{Aggregate, Application};
/// # async fn pay<A: Aggregate>(
/// #     app: &Application, client: &mut tokio_postgres::Client, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = client.transaction().await?;
/// transaction.execute("UPDATE accounts SET balance = balance - 10", &[]).await?;
/// let saved = es_postgres::save_in(app, &mut transaction, invoice).await?;
/// transaction.commit().await?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// From here on the transaction holds the lock of the table: all other appends to it, by any
/// program, wait until it ends. Write events last, and commit at once. The transaction must be one
/// of the database that holds the application's events, at the isolation level `READ COMMITTED`.
///
/// After an error the transaction holds none of the events and can go on.
///
/// # Errors
///
/// [`Error::Conflict`](es_core::Error::Conflict) if a position is taken; those of the store.
pub async fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items()).await?;
    Ok(staged.with_appended(appended))
}

/// Writes items in a transaction of the caller's own, all or none, as [`save_in`] does for an
/// aggregate.
///
/// # Errors
///
/// [`RecordError::Conflict`] if a position is taken; those of the store.
pub async fn append_in(
    transaction: &mut Transaction<'_>,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    let session = &mut PostgresSession::Callers(transaction.client());
    es_sql::server::append_in(session, table, items).await
}
