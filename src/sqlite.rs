//! The `SQLite` store.

use crate::application::Staged;
use crate::{Aggregate, Application, Result};

pub use es_sqlite::{
    Location, Mode, Sqlite, SqliteDatastore, SqliteError, SqliteOptions, SqliteReadModel,
    SqliteRecordManager, SqliteTransaction, append_in, rusqlite,
};

/// Writes the pending events of an aggregate in the caller's transaction, all or none, so that they commit together with the
/// caller's statements.
///
/// ```no_run
/// # use es::{Aggregate, Application};
/// # fn pay<A: Aggregate>(
/// #     app: &Application, connection: &mut es::sqlite::rusqlite::Connection, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use rusqlite::TransactionBehavior::Immediate;
///
/// let mut transaction = connection.transaction_with_behavior(Immediate)?;
/// transaction.execute("UPDATE accounts SET balance = balance - 10", [])?;
/// let saved = es::sqlite::save_in(app, &mut transaction, invoice)?;
/// transaction.commit()?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// The transaction holds the lock of the whole file: all other writes to it, by any program, wait until it ends. Commit at
/// once. The transaction must be one of the file that holds the application's events, preferably an immediate one: `SQLite`
/// refuses the write of a transaction that has read before another program wrote. The call blocks while it waits for the file.
///
/// After an error the transaction contains none of the events and can continue.
///
/// # Errors
///
/// [`Error::Conflict`](crate::Error::Conflict) if a position is taken; those of the store.
pub fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut rusqlite::Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items())?;
    Ok(staged.with_appended(appended))
}
