//! The `MySQL` and `MariaDB` store.

use crate::application::Staged;
use crate::{Aggregate, Application, Result};

pub use es_mysql::{
    Mysql, MysqlConnection, MysqlDatastore, MysqlError, MysqlOptions, MysqlReadModel,
    MysqlRecordManager, MysqlTransaction, append_in, mysql_async,
};

/// Writes the pending events of an aggregate in the caller's transaction, all or none, so that they commit together with the
/// caller's statements.
///
/// ```no_run
/// # use es::{Aggregate, Application};
/// # use es::mysql::mysql_async::{Conn, TxOpts, prelude::Queryable};
/// # async fn pay<A: Aggregate>(
/// #     app: &Application, connection: &mut Conn, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = connection.start_transaction(TxOpts::default()).await?;
/// transaction.query_drop("UPDATE accounts SET balance = balance - 10").await?;
/// let saved = es::mysql::save_in(app, &mut transaction, invoice).await?;
/// transaction.commit().await?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// From here on the transaction holds the lock of the table: all other appends to it, by any program, wait until it ends.
/// Write events last, and commit at once. The transaction must be one of the database that holds the application's events,
/// at any isolation level.
///
/// After an error the transaction contains none of the events and can continue; only after a deadlock
/// ([`Error::Unavailable`](crate::Error::Unavailable)) the server has rolled it back.
///
/// If the future is dropped, drop the transaction and its connection too: the driver would take the answer to a statement of
/// this future, which is on the way, for the answer to the next one.
///
/// # Errors
///
/// [`Error::Conflict`](crate::Error::Conflict) if a position is taken; those of the store.
pub async fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut mysql_async::Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items()).await?;
    Ok(staged.with_appended(appended))
}
