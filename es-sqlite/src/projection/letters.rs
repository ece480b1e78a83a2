//! Rows of `es_dead_letters`.

use es_core::RecordError;
use es_core::infrastructure::RecordId;
use es_core::projection::columns::{LetterColumns, aggregate_id, stored};
use es_core::projection::{Asked, DeadLetter, LetterQuery, Request};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::rows::{Unread, all, run};
use super::tables;
use super::transaction::SqliteTransaction;

pub(super) fn find(
    transaction: &SqliteTransaction,
    name: &str,
    query: &LetterQuery,
) -> Result<Vec<DeadLetter>, RecordError> {
    let (after, limit) = (stored(query.after.get()), query.limit);
    match (query.aggregate_id, query.asked) {
        (None, asked) => {
            let sql = match asked {
                Asked::Whatever => tables::LETTERS,
                Asked::Something => tables::LETTERS_ASKED,
            };
            all(transaction, sql, params![name, after, limit], letter)
        }
        (Some(id), asked) => {
            let sql = match asked {
                Asked::Whatever => tables::LETTERS_OF,
                Asked::Something => tables::LETTERS_OF_ASKED,
            };
            let parameters = params![name, after, limit, id.to_string()];
            all(transaction, sql, parameters, letter)
        }
    }
}

fn letter(row: &Row<'_>) -> Result<DeadLetter, Unread> {
    let columns = LetterColumns {
        aggregate_id: row.get(0)?,
        position: row.get(1)?,
        topic: row.get(2)?,
        data: row.get(3)?,
        error: row.get(4)?,
        attempts: row.get(5)?,
        request: row.get(6)?,
    };
    Ok(columns.try_into()?)
}

pub(super) fn aggregate(row: &Row<'_>) -> Result<Uuid, Unread> {
    let id: String = row.get(0)?;
    Ok(aggregate_id(&id)?)
}

pub(super) fn put(
    transaction: &SqliteTransaction,
    name: &str,
    letter: &DeadLetter,
) -> Result<(), RecordError> {
    let parameters = params![
        name,
        stored(letter.position.get()),
        letter.aggregate_id.to_string(),
        letter.topic.as_str(),
        &*letter.data,
        letter.error,
        letter.attempts,
        letter.request.map(Request::as_str)
    ];
    run(transaction, tables::PUT_LETTER, parameters).map(drop)
}

pub(super) fn remove(
    transaction: &SqliteTransaction,
    name: &str,
    position: RecordId,
) -> Result<(), RecordError> {
    let parameters = params![name, stored(position.get())];
    run(transaction, tables::REMOVE_LETTER, parameters).map(drop)
}
