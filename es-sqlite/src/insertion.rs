//! Inserts items in the library's or the caller's transaction.

use es_sql::{IdEncoding, TableStatements};
use es_store::{BoxError, RecordError, RecordId, SequencedItem, Table};
use rusqlite::{CachedStatement, Connection, params};

use crate::rows::{BoundId, position_value};
use crate::schema::prepare;
use crate::table_reader::TableReader;

/// Inserts items into one table, prepared in a transaction that has the lock.
pub(crate) struct Insertion<'c> {
    table: &'c Table,
    statement: CachedStatement<'c>,
    encoding: IdEncoding,
    /// The greatest record id. `None` in a table without record ids.
    pub(crate) max_id: Option<RecordId>,
}

impl<'c> Insertion<'c> {
    pub(crate) fn prepare(
        connection: &'c Connection,
        statements: &'c TableStatements,
        reader: &TableReader<'_>,
    ) -> Result<Self, RecordError> {
        let table = &statements.table;
        let max_id = match table.record_id {
            Some(_) => Some(reader.max_record_id()?),
            None => None,
        };
        Ok(Self {
            table,
            encoding: reader.id_encoding()?,
            statement: prepare(connection, table, &statements.insert, reader.error)?,
            max_id,
        })
    }

    /// Inserts an item, with a record id if the table has one.
    pub(crate) fn insert(
        &mut self,
        item: &SequencedItem,
        id: Option<RecordId>,
    ) -> Result<(), rusqlite::Error> {
        let sequence = BoundId(item.sequence_id, self.encoding);
        let position = position_value(self.table, item.position).map_err(unbound)?;
        let (topic, data) = (item.topic.as_str(), &*item.data);
        let Some(id) = id else {
            let row = params![sequence, position, topic, data];
            return self.statement.execute(row).map(drop);
        };
        let id = i64::try_from(id.get()).map_err(unbound)?;
        let row = params![sequence, position, topic, data, id];
        self.statement.execute(row).map(drop)
    }
}

/// The error of a value that cannot be bound.
fn unbound(value: impl Into<BoxError>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(value.into())
}
