//! The insertion of rows, in whosever transaction.

use es_store::{BoxError, RecordError, RecordId, SequencedItem, Table};
use rusqlite::{CachedStatement, Connection, params};

use crate::form::IdForm;
use crate::reader::TableReader;
use crate::rows::position_value;
use crate::schema::prepare;

/// Inserts rows into one table, prepared in a transaction that has the lock.
pub(crate) struct Insertion<'c> {
    table: &'c Table,
    statement: CachedStatement<'c>,
    form: IdForm,
    /// The greatest record id, of a table that has them.
    pub(crate) max_id: Option<RecordId>,
}

impl<'c> Insertion<'c> {
    /// By the connection of the reader of the table.
    pub(crate) fn prepare(
        connection: &'c Connection,
        table: &'c Table,
        reader: &TableReader<'_>,
    ) -> Result<Self, RecordError> {
        let insert = &reader.statements.insert;
        let max_id = match table.record_id {
            Some(_) => Some(reader.max_record_id()?),
            None => None,
        };
        Ok(Self {
            table,
            form: reader.form()?,
            statement: prepare(connection, table, insert, reader.error)?,
            max_id,
        })
    }

    /// Inserts an item, under a record id where the table has them.
    pub(crate) fn insert(
        &mut self,
        item: &SequencedItem,
        id: Option<RecordId>,
    ) -> Result<(), rusqlite::Error> {
        let sequence = self.form.value(item.sequence_id);
        let position = position_value(self.table, item.position).map_err(unfit)?;
        let (topic, data) = (item.topic.as_str(), &*item.data);
        let Some(id) = id else {
            let row = params![sequence, position, topic, data];
            return self.statement.execute(row).map(drop);
        };
        let id = i64::try_from(id.get()).map_err(unfit)?;
        let row = params![sequence, position, topic, data, id];
        self.statement.execute(row).map(drop)
    }
}

/// What cannot be bound.
fn unfit(value: impl Into<BoxError>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(value.into())
}
