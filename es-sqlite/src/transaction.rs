//! Events in a transaction of the caller's own.

use es_core::infrastructure::{Appended, ItemQuery, SequencedItem, Table};
use es_core::{Aggregate, Application, RecordError, Result, Staged};
use es_sql::{TableQuery, TableStatements};
use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use crate::dialect::DIALECT;
use crate::error::{is_conflict, record_error};
use crate::insertion::Insertion;
use crate::rows::check_exact;
use crate::table_reader::TableReader;

const OPERATION: &str = "append in a transaction";

/// Writes the pending events of an aggregate in a transaction of the caller's own, all or none, so
/// that they commit together with the caller's statements.
///
/// ```no_run
/// # use es_core::{Aggregate, Application};
/// # fn pay<A: Aggregate>(
/// #     app: &Application, connection: &mut rusqlite::Connection, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use rusqlite::TransactionBehavior::Immediate;
///
/// let mut transaction = connection.transaction_with_behavior(Immediate)?;
/// transaction.execute("UPDATE accounts SET balance = balance - 10", [])?;
/// let saved = es_sqlite::save_in(app, &mut transaction, invoice)?;
/// transaction.commit()?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// The transaction holds the lock of the whole file: all other writes to it, by any program, wait
/// until it ends. Commit at once. The transaction must be one of the file that holds the
/// application's events, preferably an immediate one: `SQLite` refuses the write of a transaction
/// that has read before another program wrote. The call blocks while it waits for the file.
///
/// After an error the transaction holds none of the events and can go on.
///
/// # Errors
///
/// [`Error::Conflict`](es_core::Error::Conflict) if a position is taken; those of the store.
pub fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items())?;
    Ok(staged.with_appended(appended))
}

/// Writes items in a transaction of the caller's own, all or none, as [`save_in`] does for an
/// aggregate.
///
/// # Errors
///
/// [`RecordError::Conflict`] if a position is taken; those of the store.
pub fn append_in(
    transaction: &mut Transaction<'_>,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    append_on(transaction, table, items)
}

/// Writes items on a connection with an open transaction.
pub(crate) fn append_on(
    connection: &Connection,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    if items.is_empty() {
        return Ok(Appended::default());
    }
    table.check(items)?;
    items.iter().try_for_each(check_exact)?;
    let run = |sql| connection.execute_batch(sql).map_err(failed);
    run("SAVEPOINT es_append")?;
    let appended = insert(connection, table, items);
    let undone = appended.is_err().then(|| run("ROLLBACK TO es_append"));
    let released = run("RELEASE es_append");
    // Some errors roll back the whole transaction and the savepoint with it: report them.
    let appended = appended?;
    undone.unwrap_or(Ok(())).and(released).map(|()| appended)
}

fn insert(
    connection: &Connection,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    let statements = TableStatements::new(table, &DIALECT);
    let reader = TableReader {
        connection,
        statements: &statements,
        error: &failed,
    };
    let mut insertion = Insertion::prepare(connection, &statements, &reader)?;
    let appended = Appended::behind(insertion.max_id, items.len());
    {
        let mut ids = appended.record_ids();
        for item in items {
            let inserted = insertion.insert(item, ids.next());
            inserted.map_err(|error| refused(item, error))?;
        }
    }
    Ok(appended)
}

fn refused(item: &SequencedItem, error: rusqlite::Error) -> RecordError {
    if is_conflict(&error) {
        return RecordError::Conflict {
            sequence_id: item.sequence_id,
            position: item.position,
        };
    }
    failed(error)
}

pub(crate) fn failed(error: rusqlite::Error) -> RecordError {
    record_error(OPERATION, "the transaction's database", error)
}

/// Reads all items of a sequence as the transaction of the connection sees them.
pub(crate) fn items_on(
    connection: &Connection,
    table: &Table,
    sequence_id: Uuid,
) -> Result<Vec<SequencedItem>, RecordError> {
    let reader = TableReader {
        connection,
        statements: &TableStatements::new(table, &DIALECT),
        error: &failed,
    };
    reader.read(&TableQuery::Items(ItemQuery::new(sequence_id)))
}
