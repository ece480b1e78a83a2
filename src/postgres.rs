//! The `PostgreSQL` store.

use crate::application::Staged;
use crate::{Aggregate, Application, Result};

pub use es_postgres::{
    Notify, Postgres, PostgresConnection, PostgresDatastore, PostgresError, PostgresOptions,
    PostgresReadModel, PostgresRecordManager, PostgresTransaction, append_in, deadpool_postgres,
    tokio_postgres,
};

/// Writes the pending events of an aggregate in the caller's transaction, all or none, so that they commit together with the
/// caller's statements.
///
/// ```no_run
/// # use es::{Aggregate, Application};
/// # async fn pay<A: Aggregate>(
/// #     app: &Application, client: &mut es::postgres::tokio_postgres::Client, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = client.transaction().await?;
/// transaction.execute("UPDATE accounts SET balance = balance - 10", &[]).await?;
/// let saved = es::postgres::save_in(app, &mut transaction, invoice).await?;
/// transaction.commit().await?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// From here on the transaction holds the lock of the table: all other appends to it, by any program, wait until it ends.
/// Write events last, and commit at once. The transaction must be one of the database that holds the application's events,
/// at the isolation level `READ COMMITTED`.
///
/// After an error the transaction contains none of the events and can continue. If the future is
/// dropped, the transaction contains all of the events or none.
///
/// # Errors
///
/// [`Error::Conflict`](crate::Error::Conflict) if a position is taken; those of the store.
pub async fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut tokio_postgres::Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items()).await?;
    Ok(staged.with_appended(appended))
}
