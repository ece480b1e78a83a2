//! Rows of `es_dead_letters`.

use std::sync::Arc;

use es_core::infrastructure::RecordId;
use es_core::projection::{Asked, DeadLetter, LetterQuery, Request};
use es_core::{RecordError, Topic};
use rusqlite::{Row, params};
use uuid::Uuid;

use super::rows::{Unread, all, run, stored};
use super::tables;
use super::transaction::SqliteTransaction;

const TABLE: &str = "es_dead_letters";

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
    let position: i64 = row.get(1)?;
    let topic: String = row.get(2)?;
    let data: String = row.get(3)?;
    let attempts: u32 = row.get(5)?;
    let request: Option<String> = row.get(6)?;
    Ok(DeadLetter {
        aggregate_id: aggregate(row)?,
        position: RecordId::new(u64::try_from(position).unwrap_or(0)),
        topic: Topic::stored(&topic),
        data: Arc::from(data),
        error: row.get(4)?,
        attempts,
        request: request.as_deref().and_then(Request::stored),
    })
}

pub(super) fn aggregate(row: &Row<'_>) -> Result<Uuid, Unread> {
    let id: String = row.get(0)?;
    Uuid::parse_str(&id)
        .map_err(|_| Unread::damaged(TABLE, format!("`{id}` is no id of an aggregate")))
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
