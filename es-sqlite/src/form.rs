//! In which form a table keeps the ids of sequences.

use std::sync::atomic::{AtomicU8, Ordering};

use es_store::Table;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::dialect::DIGITS;

/// How a table keeps the ids of sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdForm {
    /// As 16 bytes: our tables, and `SQLAlchemy`'s.
    Bytes,
    /// As 32 hexadecimal digits: Django's.
    Digits,
}

impl IdForm {
    pub(crate) fn value(self, id: Uuid) -> Value {
        match self {
            Self::Bytes => Value::Blob(id.as_bytes().to_vec()),
            Self::Digits => Value::Text(id.simple().to_string()),
        }
    }

    /// The form of a table that is there.
    fn of(connection: &Connection, table: &Table) -> Result<Option<Self>, rusqlite::Error> {
        let sql = "SELECT type FROM pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE";
        let names: [&str; 2] = [&table.name, &table.sequence_id];
        let declared: Option<String> = connection
            .prepare_cached(sql)?
            .query_row(names, |row| row.get(0))
            .optional()?;
        Ok(declared.map(|declared| {
            if declared.eq_ignore_ascii_case(DIGITS) {
                Self::Digits
            } else {
                Self::Bytes
            }
        }))
    }
}

/// The form of one table, once it was looked at.
#[derive(Default)]
pub(crate) struct Form(AtomicU8);

const BYTES_SEEN: u8 = 1;
const DIGITS_SEEN: u8 = 2;

impl Form {
    /// A table that is not there yet will be made with bytes.
    pub(crate) fn get(
        &self,
        connection: &Connection,
        table: &Table,
    ) -> Result<IdForm, rusqlite::Error> {
        match self.0.load(Ordering::Relaxed) {
            BYTES_SEEN => return Ok(IdForm::Bytes),
            DIGITS_SEEN => return Ok(IdForm::Digits),
            _ => {}
        }
        let form = IdForm::of(connection, table)?;
        let seen = match form {
            None => 0,
            Some(IdForm::Bytes) => BYTES_SEEN,
            Some(IdForm::Digits) => DIGITS_SEEN,
        };
        self.0.store(seen, Ordering::Relaxed);
        Ok(form.unwrap_or(IdForm::Bytes))
    }

    /// The table may come back in another form.
    pub(crate) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
