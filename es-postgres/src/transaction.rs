//! Events in a transaction of the caller's own.

use es_core::application::{Application, Staged};
use es_core::domain::Aggregate;
use es_core::error::Result;
use es_store::kit::{Batch, ItemReader};
use es_store::{Appended, ItemQuery, RecordError, SequencedItem, Table};
use tokio_postgres::{Error, GenericClient, Transaction};
use uuid::Uuid;

use crate::error::{is_taken, record_error};
use crate::insertion::{Failure, Insertion, taken};
use crate::reader::items_parameters;
use crate::rows;
use crate::statements::Statements;

const OPERATION: &str = "append in a transaction";

/// Writes the pending events of an aggregate in a transaction of the caller's own, all or none, so that they commit
/// together with what else is in it.
///
/// ```no_run
/// # use es_core::domain::Aggregate;
/// # use es_core::application::Application;
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
/// From here on the transaction holds the lock of the table: all other appends to it, by any program, wait until it ends.
/// Write events last, and commit at once. It must be a transaction of the database that the application has its events
/// in, at the isolation level `READ COMMITTED`.
///
/// Where it fails, nothing of it is in the transaction, which can go on.
///
/// # Errors
///
/// [`Error::Conflict`](es_core::error::Error::Conflict) where a position is taken; those of the store.
pub async fn save_in<'a, A: Aggregate>(
    app: &Application,
    transaction: &mut Transaction<'_>,
    aggregate: &'a mut A,
) -> Result<Staged<'a, A>> {
    let staged = app.stage(aggregate)?;
    let appended = append_in(transaction, &staged.table()?, staged.items()).await?;
    Ok(staged.with_appended(appended))
}

/// Writes items in a transaction of the caller's own, all or none: what [`save_in`] is made of, with what is said there.
///
/// # Errors
///
/// [`RecordError::Conflict`] where a position is taken; those of the store.
pub async fn append_in(
    transaction: &mut Transaction<'_>,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    append_on(&*transaction, table, items).await
}

/// The same, by a connection that has a transaction open.
pub(crate) async fn append_on(
    transaction: &(impl GenericClient + Sync),
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    if items.is_empty() {
        return Ok(Appended::default());
    }
    table.check(items)?;
    let failed = |error| record_error(OPERATION, error);
    check_isolation(transaction).await?;
    let statements = Statements::of(table);
    transaction
        .batch_execute("SAVEPOINT es_append")
        .await
        .map_err(failed)?;
    match insert(transaction, table, &statements, items).await {
        Ok(appended) => Ok(appended),
        Err(failure) => {
            transaction
                .batch_execute("ROLLBACK TO SAVEPOINT es_append")
                .await
                .map_err(failed)?;
            Err(match failure {
                Failure::Sql(error) if is_taken(&error) => {
                    conflict(transaction, table, &statements, items, error).await
                }
                Failure::Sql(error) => failed(error),
                Failure::Refused(error) => error,
            })
        }
    }
}

/// A snapshot that is older than the lock does not show the greatest id.
async fn check_isolation(transaction: &(impl GenericClient + Sync)) -> Result<(), RecordError> {
    let sql = "SELECT current_setting('transaction_isolation')";
    let row = transaction.query_one(sql, &[]).await;
    let level: String = row.map_err(|error| record_error(OPERATION, error))?.get(0);
    if level == "read committed" {
        return Ok(());
    }
    Err(RecordError::Backend {
        operation: OPERATION,
        source: format!("the transaction is at `{level}`; events need `READ COMMITTED`").into(),
    })
}

async fn insert(
    transaction: &(impl GenericClient + Sync),
    table: &Table,
    statements: &Statements,
    items: &[SequencedItem],
) -> Result<Appended, Failure> {
    transaction.batch_execute(&statements.lock).await?;
    let max_id = match table.record_id {
        Some(_) => {
            let rows = transaction.query(&statements.max_id, &[]).await?;
            Some(rows::max_id(table, &rows)?)
        }
        None => None,
    };
    let insertion = Insertion {
        client: transaction,
        table,
        insert: &transaction.prepare(&statements.insert).await?,
        max_id,
    };
    insertion.run(&Batch::of(items)).await?;
    transaction
        .batch_execute("RELEASE SAVEPOINT es_append")
        .await?;
    // It is sent when the transaction commits.
    let notify = "SELECT pg_notify($1, '')";
    transaction.query(notify, &[&statements.channel]).await?;
    Ok(Appended::behind(max_id, items.len()))
}

async fn conflict(
    transaction: &(impl GenericClient + Sync),
    table: &Table,
    statements: &Statements,
    items: &[SequencedItem],
    error: Error,
) -> RecordError {
    let batch = Batch::of(items);
    match taken(transaction, table, statements, batch.items()).await {
        Ok(taken) => batch.conflict(&taken).unwrap_or_else(|| {
            // A program that does not take the lock took a record id in between.
            RecordError::Unavailable {
                source: error.into(),
            }
        }),
        Err(Failure::Sql(error)) => record_error(OPERATION, error),
        Err(Failure::Refused(error)) => error,
    }
}

/// All items of a sequence, as the connection's transaction sees them.
pub(crate) async fn items_on(
    transaction: &(impl GenericClient + Sync),
    table: &Table,
    sequence_id: Uuid,
) -> Result<Vec<SequencedItem>, RecordError> {
    let query = ItemQuery::new(sequence_id);
    let statement = Statements::of(table).items(&query);
    let numbers = statement.numbers(table)?;
    let parameters = items_parameters(&query, &numbers);
    let rows = transaction.query(&statement.sql, &parameters).await;
    let rows = rows.map_err(|error| record_error(OPERATION, error))?;
    let mut items = ItemReader::new(table);
    rows.iter().map(|row| rows::item(&mut items, row)).collect()
}
