//! Events in the caller's transaction.

use es_store::{Appended, RecordError, SequencedItem, Table};
use mysql_async::Transaction;

use crate::session::MysqlSession;

/// Writes items in the caller's transaction, all or none. The facade's `save_in` of this store does it for
/// an aggregate.
///
/// If the future is dropped, drop the transaction and its connection too: the driver would take the
/// answer to a statement of this future, which is on the way, for the answer to the next one.
///
/// # Errors
///
/// [`RecordError::Conflict`] if a position is taken; those of the store.
pub async fn append_in(
    transaction: &mut Transaction<'_>,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    let session = &mut MysqlSession::new(transaction);
    es_sql::server::append_in(session, table, items).await
}
