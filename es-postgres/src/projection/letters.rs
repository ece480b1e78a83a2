//! Rows of `es_dead_letters`.

use es_core::RecordError;
use es_core::infrastructure::RecordId;
use es_core::projection::columns::{LetterColumns, aggregate_id, stored};
use es_core::projection::{Asked, DeadLetter, LetterQuery, Request};
use tokio_postgres::Row;
use uuid::Uuid;

use super::rows::{Unread, all, run};
use super::tables;
use super::transaction::PostgresTransaction;
use crate::reader::Parameters;

pub(super) async fn find(
    transaction: &PostgresTransaction,
    name: &str,
    query: &LetterQuery,
) -> Result<Vec<DeadLetter>, RecordError> {
    let (after, limit) = (stored(query.after.get()), i64::from(query.limit));
    let Some(id) = query.aggregate_id else {
        let sql = match query.asked {
            Asked::Whatever => tables::LETTERS,
            Asked::Something => tables::LETTERS_ASKED,
        };
        return all(transaction, sql, &[&name, &after, &limit], letter).await;
    };
    let sql = match query.asked {
        Asked::Whatever => tables::LETTERS_OF,
        Asked::Something => tables::LETTERS_OF_ASKED,
    };
    let parameters: Parameters<'_> = &[&name, &after, &limit, &id.to_string()];
    all(transaction, sql, parameters, letter).await
}

fn letter(row: &Row) -> Result<DeadLetter, Unread> {
    let columns = LetterColumns {
        aggregate_id: row.try_get(0)?,
        position: row.try_get(1)?,
        topic: row.try_get(2)?,
        data: row.try_get(3)?,
        error: row.try_get(4)?,
        attempts: row.try_get(5)?,
        request: row.try_get(6)?,
    };
    Ok(columns.try_into()?)
}

pub(super) fn aggregate(row: &Row) -> Result<Uuid, Unread> {
    Ok(aggregate_id(row.try_get(0)?)?)
}

pub(super) async fn put(
    transaction: &PostgresTransaction,
    name: &str,
    letter: &DeadLetter,
) -> Result<(), RecordError> {
    let parameters: Parameters<'_> = &[
        &name,
        &stored(letter.position.get()),
        &letter.aggregate_id.to_string(),
        &letter.topic.as_str(),
        &&*letter.data,
        // The server keeps no NUL, and what a handler says may have one.
        &letter.error.replace('\0', "\u{fffd}"),
        &i64::from(letter.attempts),
        &letter.request.map(Request::as_str),
    ];
    let put = run(transaction, tables::PUT_LETTER, parameters).await;
    put.map(drop)
}

pub(super) async fn remove(
    transaction: &PostgresTransaction,
    name: &str,
    position: RecordId,
) -> Result<(), RecordError> {
    let parameters: Parameters<'_> = &[&name, &stored(position.get())];
    let removed = run(transaction, tables::REMOVE_LETTER, parameters).await;
    removed.map(drop)
}
