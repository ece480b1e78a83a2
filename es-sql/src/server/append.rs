//! Appends in the caller's transaction.

use es_store::kit::Batch;
use es_store::{Appended, ItemQuery, RecordError, SequencedItem, Table};
use scopeguard::ScopeGuard;
use uuid::Uuid;

use super::session::{AppendSession, ServerStatements, Session};
use crate::rows::ItemRows;
use crate::{SqlError, SqlResult, TableQuery};

const OPERATION: &str = "append in a transaction";

/// Appends items in the caller's transaction, all or none. After an error the transaction contains
/// none of the events and can continue, unless the server has rolled it back.
///
/// # Errors
///
/// [`RecordError::Conflict`] if a position is taken; those of the store.
pub async fn append_in<S: AppendSession>(
    session: &mut S,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    if items.is_empty() {
        return Ok(Appended::default());
    }
    table.check(items)?;
    let appended = append(session, &S::Statements::new(table), &Batch::new(items)).await;
    appended.map_err(|error| error.into_record_error(OPERATION))
}

/// Undoes an append. The savepoint is released too: if the next append cannot set its own, a
/// rollback must not find this one.
const UNDO: &str = "ROLLBACK TO SAVEPOINT es_append; RELEASE SAVEPOINT es_append";

async fn append<S: AppendSession>(
    session: &mut S,
    statements: &S::Statements,
    batch: &Batch<'_>,
) -> SqlResult<Appended> {
    session.check_transaction(statements).await?;
    // A transaction whose append is dropped must not keep a part of its items.
    let mut savepoint = scopeguard::guard(session, |session| session.send(UNDO));
    if let Err(error) = savepoint.execute("SAVEPOINT es_append").await {
        ScopeGuard::into_inner(savepoint);
        return Err(error);
    }
    let inserted = insert(&mut **savepoint, statements, batch).await;
    // All items or none: the next statement is sent by its first poll.
    let session = ScopeGuard::into_inner(savepoint);
    let error = match inserted {
        Ok(appended) => {
            session.release(statements).await?;
            return Ok(appended);
        }
        Err(error) => error,
    };
    let undone = session.execute(UNDO).await;
    if !error.is_taken() {
        // A deadlock rolls back the whole transaction and the savepoint with it: it is the error to
        // report.
        return Err(error);
    }
    undone?;
    let taken = session.taken(statements, batch).await?;
    Err(match (batch.conflict(&taken), error) {
        (Some(conflict), _) => conflict.into(),
        // Another program, which does not take the lock, has taken a record id in between.
        (None, SqlError::Driver { source, .. }) => RecordError::Unavailable { source }.into(),
        (None, error) => error,
    })
}

async fn insert<S: AppendSession>(
    session: &mut S,
    statements: &S::Statements,
    batch: &Batch<'_>,
) -> SqlResult<Appended> {
    let max_id = session.lock(statements).await?;
    session.insert(statements, batch, max_id).await?;
    Ok(Appended::after(max_id, batch.items().len()))
}

/// Reads all items of a sequence as the transaction of the session sees them.
pub(super) async fn items_in<S: Session>(
    session: &mut S,
    table: &Table,
    sequence_id: Uuid,
) -> Result<Vec<SequencedItem>, RecordError> {
    let statements = S::Statements::new(table);
    let encoding = session.id_encoding(&statements).await?;
    let query = TableQuery::Items(ItemQuery::new(sequence_id));
    let statement = statements.query(&query, encoding)?;
    let items = session.query(statement, ItemRows::new(table)).await;
    items.map_err(|error| error.into_record_error(OPERATION))
}
