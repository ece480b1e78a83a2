//! Reads of one table by one connection.

use es_sql::{FromRow, IdEncoding, ItemRows, MaxRecordId, Statement, TableQuery, TableStatements};
use es_store::{RecordError, RecordId};
use rusqlite::Connection;

use crate::rows::read_all;
use crate::schema::{self, prepare};

/// Maps an error of `SQLite`.
pub(crate) type MapError<'e> = &'e dyn Fn(rusqlite::Error) -> RecordError;

/// Reads one table by a connection.
pub(crate) struct TableReader<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) statements: &'c TableStatements,
    pub(crate) error: MapError<'c>,
}

impl TableReader<'_> {
    pub(crate) fn read<T: FromRow>(&self, query: &TableQuery) -> Result<Vec<T>, RecordError> {
        let (table, encoding) = (&self.statements.table, self.id_encoding()?);
        let Statement { sql, parameters } = self.statements.query(query, encoding)?;
        let mut prepared = prepare(self.connection, table, &sql, self.error)?;
        let mut rows = ItemRows::new(table);
        read_all(&mut prepared, &parameters, encoding, &mut rows, self.error)
    }

    pub(crate) fn max_record_id(&self) -> Result<RecordId, RecordError> {
        MaxRecordId::only(
            &self.statements.table,
            &self.read(&TableQuery::MaxRecordId)?,
        )
    }

    /// Returns the encoding in which the table stores sequence ids.
    pub(crate) fn id_encoding(&self) -> Result<IdEncoding, RecordError> {
        schema::id_encoding(self.connection, self.statements).map_err(self.error)
    }
}
