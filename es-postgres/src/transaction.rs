//! Events in the caller's transaction.

use es_store::{Appended, RecordError, SequencedItem, Table};
use tokio_postgres::Transaction;

use crate::session::PostgresSession;

/// Writes items in the caller's transaction, all or none. The facade's `save_in` of this store does it for
/// an aggregate.
///
/// If the future is dropped, the transaction holds all items or none, and can go on.
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
