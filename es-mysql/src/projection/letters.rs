//! Rows of `es_dead_letters`.

use es_core::RecordError;
use es_core::infrastructure::RecordId;
use es_core::projection::columns::{DEAD_LETTERS, LetterColumns, aggregate_id, stored};
use es_core::projection::{Asked, DeadLetter, LetterQuery, Request};
use mysql_async::Row;
use uuid::Uuid;

use super::rows::{all, columns, run};
use super::tables;
use super::transaction::MysqlTransaction;

pub(super) async fn find(
    transaction: &mut MysqlTransaction,
    name: &str,
    query: &LetterQuery,
) -> Result<Vec<DeadLetter>, RecordError> {
    let (after, limit) = (stored(query.after.get()), query.limit);
    let Some(id) = query.aggregate_id else {
        let sql = match query.asked {
            Asked::Whatever => tables::LETTERS,
            Asked::Something => tables::LETTERS_ASKED,
        };
        return all(transaction, sql, (name, after, limit), letter).await;
    };
    let sql = match query.asked {
        Asked::Whatever => tables::LETTERS_OF,
        Asked::Something => tables::LETTERS_OF_ASKED,
    };
    let parameters = (name, after, id.to_string(), limit);
    all(transaction, sql, parameters, letter).await
}

fn letter(row: Row) -> Result<DeadLetter, RecordError> {
    let (aggregate_id, position, topic, data, error, attempts, request) =
        columns(DEAD_LETTERS, row)?;
    let columns = LetterColumns {
        aggregate_id,
        position,
        topic,
        data,
        error,
        attempts,
        request,
    };
    columns.try_into()
}

pub(super) fn aggregate(row: Row) -> Result<Uuid, RecordError> {
    let (id,): (String,) = columns(DEAD_LETTERS, row)?;
    aggregate_id(&id)
}

pub(super) async fn put(
    transaction: &mut MysqlTransaction,
    name: &str,
    letter: &DeadLetter,
) -> Result<(), RecordError> {
    let parameters = (
        name,
        stored(letter.position.get()),
        letter.aggregate_id.to_string(),
        letter.topic.as_str(),
        &*letter.data,
        &*letter.error,
        letter.attempts,
        letter.request.map(Request::as_str),
    );
    let put = run(transaction, tables::PUT_LETTER, parameters).await;
    put.map(drop)
}

pub(super) async fn remove(
    transaction: &mut MysqlTransaction,
    name: &str,
    position: RecordId,
) -> Result<(), RecordError> {
    let parameters = (name, stored(position.get()));
    let removed = run(transaction, tables::REMOVE_LETTER, parameters).await;
    removed.map(drop)
}
