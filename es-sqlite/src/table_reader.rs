//! Reads of one table by one connection.

use es_sql::{
    FromRow, IdEncoding, ItemRows, MaxRecordId, RowReader, Statement, TableQuery, TableStatements,
};
use es_store::{RecordError, RecordId};
use rusqlite::{CachedStatement, Connection};

use crate::rows::{SqliteRow, bound};
use crate::schema;

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
        let encoding = self.id_encoding()?;
        let statement = self.statements.query(query, encoding)?;
        let mut rows = ItemRows::new(&self.statements.table);
        self.rows(&statement, encoding, &mut rows)
    }

    pub(crate) fn max_record_id(&self) -> Result<RecordId, RecordError> {
        MaxRecordId::only(
            &self.statements.table,
            &self.read(&TableQuery::MaxRecordId)?,
        )
    }

    /// Returns how the table stores sequence ids.
    pub(crate) fn id_encoding(&self) -> Result<IdEncoding, RecordError> {
        schema::id_encoding(self.connection, self.statements).map_err(self.error)
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, RecordError> {
        schema::prepare(self.connection, &self.statements.table, sql, self.error)
    }

    fn rows<R: RowReader>(
        &self,
        statement: &Statement<'_>,
        encoding: IdEncoding,
        reader: &mut R,
    ) -> Result<Vec<R::Output>, RecordError> {
        let mut prepared = self.prepare(&statement.sql)?;
        let rows = prepared.query(bound(&statement.parameters));
        let mut rows = rows.map_err(self.error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(self.error)? {
            found.push(reader.read(&SqliteRow { row, encoding })?);
        }
        Ok(found)
    }
}
