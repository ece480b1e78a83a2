//! Events in the caller's transaction.

use es_sql::{TableQuery, TableStatements};
use es_store::{Appended, ItemQuery, RecordError, SequencedItem, Table};
use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use crate::dialect::DIALECT;
use crate::error::{is_conflict, record_error};
use crate::insertion::Insertion;
use crate::rows::check_exact;
use crate::table_reader::TableReader;

const OPERATION: &str = "append in a transaction";

/// Writes items in the caller's transaction, all or none. The facade's `save_in` of this store does it for
/// an aggregate.
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
    let appended = Appended::after(insertion.max_id, items.len());
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
