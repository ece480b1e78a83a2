//! Events in a transaction of the caller's own.

use es_core::application::{Application, Staged};
use es_core::domain::Aggregate;
use es_core::error::Result;
use es_store::kit::{Batch, ItemReader};
use es_store::{Appended, ItemQuery, RecordError, SequencedItem, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row, Transaction};
use uuid::Uuid;

use crate::error::{is_taken, record_error};
use crate::insertion::{Failure, Insertion, Locked, sets, taken};
use crate::reader::items_parameters;
use crate::rows::{self, IdForm};
use crate::schema;
use crate::statements::Statements;

const OPERATION: &str = "append in a transaction";

/// Writes the pending events of an aggregate in a transaction of the caller's own, all or none, so that they commit
/// together with what else is in it.
///
/// ```no_run
/// # use es_core::domain::Aggregate;
/// # use es_core::application::Application;
/// # use es_mysql::mysql_async::{Conn, TxOpts, prelude::Queryable};
/// # async fn pay<A: Aggregate>(
/// #     app: &Application, connection: &mut Conn, invoice: &mut A,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let mut transaction = connection.start_transaction(TxOpts::default()).await?;
/// transaction.query_drop("UPDATE accounts SET balance = balance - 10").await?;
/// let saved = es_mysql::save_in(app, &mut transaction, invoice).await?;
/// transaction.commit().await?;
/// saved.committed();
/// # Ok(())
/// # }
/// ```
///
/// From here on the transaction holds the lock of the table: all other appends to it, by any program, wait until it ends.
/// Write events last, and commit at once. It must be a transaction of the database that the application has its events
/// in, at any isolation level.
///
/// Where it fails, nothing of it is in the transaction, which can go on; only after a deadlock
/// ([`Error::Unavailable`](es_core::error::Error::Unavailable)) the server has rolled it back whole.
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
    append_on(transaction, table, items).await
}

/// The same, on a connection that has a transaction open.
pub(crate) async fn append_on(
    transaction: &mut impl Queryable,
    table: &Table,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    if items.is_empty() {
        return Ok(Appended::default());
    }
    table.check(items)?;
    let failed = |error| record_error(OPERATION, error);
    let statements = Statements::of(table);
    let form = schema::check(transaction, table).await?;
    transaction
        .query_drop("SAVEPOINT es_append")
        .await
        .map_err(failed)?;
    match insert(transaction, table, &statements, form, items).await {
        Ok(appended) => Ok(appended),
        Err(failure) => {
            let undo = transaction.query_drop("ROLLBACK TO SAVEPOINT es_append");
            let undone = undo.await.map_err(failed);
            // A deadlock undoes the whole transaction, and the savepoint with it: it is what is reported.
            Err(match failure {
                Failure::Sql(error) if is_taken(&error) => {
                    undone?;
                    conflict(transaction, table, &statements, form, items, error).await
                }
                Failure::Sql(error) => failed(error),
                Failure::Refused(error) | Failure::Lost(error) => error,
            })
        }
    }
}

async fn insert(
    transaction: &mut impl Queryable,
    table: &Table,
    statements: &Statements,
    form: IdForm,
    items: &[SequencedItem],
) -> Result<Appended, Failure> {
    let rows = sets(transaction, &statements.lock).await?;
    let [head, max_id] = <[Vec<Row>; 2]>::try_from(rows).unwrap_or_default();
    let max_id = Locked { head, max_id }.check(table)?;
    let insertion = Insertion {
        table,
        statements,
        form,
        max_id,
    };
    insertion.run(transaction, &Batch::of(items)).await?;
    transaction
        .query_drop("RELEASE SAVEPOINT es_append")
        .await?;
    Ok(Appended::behind(max_id, items.len()))
}

async fn conflict(
    transaction: &mut impl Queryable,
    table: &Table,
    statements: &Statements,
    form: IdForm,
    items: &[SequencedItem],
    error: Error,
) -> RecordError {
    let batch = Batch::of(items);
    match taken(transaction, table, statements, form, &batch).await {
        Ok(taken) => batch.conflict(&taken).unwrap_or_else(|| {
            // A program that does not take the lock took a record id in between.
            RecordError::Unavailable {
                source: error.into(),
            }
        }),
        Err(Failure::Sql(error)) => record_error(OPERATION, error),
        Err(Failure::Refused(error) | Failure::Lost(error)) => error,
    }
}

/// All items of a sequence, as the connection's transaction sees them.
pub(crate) async fn items_on(
    transaction: &mut impl Queryable,
    table: &Table,
    sequence_id: Uuid,
) -> Result<Vec<SequencedItem>, RecordError> {
    let form = schema::check(transaction, table).await?;
    let query = ItemQuery::new(sequence_id);
    let statement = Statements::of(table).items(&query);
    let parameters = items_parameters(&query, form, &statement.numbers(table)?);
    let rows: Result<Vec<Row>, _> = transaction.exec(statement.sql, parameters).await;
    let rows = rows.map_err(|error| record_error(OPERATION, error))?;
    let mut items = ItemReader::new(table);
    rows.iter().map(|row| rows::item(&mut items, row)).collect()
}
