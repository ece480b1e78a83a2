//! The connections that read, and what is read by them.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use es_sql::limit;
use es_store::{ItemQuery, Record, RecordError, RecordId, SequencedItem, Table, TimePlace};
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, Params, Row, params_from_iter};
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::database::connect;
use crate::form::IdForm;
use crate::rows::{RowReader, position_value};
use crate::statements::Statements;
use crate::{Mode, SqliteOptions};

/// A pool of connections that only read.
pub(crate) struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    idle: Mutex<Vec<Connection>>,
    turns: Semaphore,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            path,
            options: options.clone(),
            idle: Mutex::default(),
            turns: Semaphore::new(options.readers.max(1)),
        }
    }

    /// Waits until a connection may be taken, for as long as what it answers is held.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, RecordError> {
        self.turns.acquire().await.map_err(|_| RecordError::Closed)
    }

    pub(crate) fn take(&self) -> Result<Connection, rusqlite::Error> {
        match self.idle().pop() {
            Some(connection) => Ok(connection),
            None => connect(&self.path, Mode::ReadOnly, &self.options),
        }
    }

    pub(crate) fn put_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if !self.turns.is_closed() {
            idle.push(connection);
        }
    }

    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads one table through a connection.
pub(crate) struct TableReader<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) table: &'c Table,
    pub(crate) statements: &'c Statements,
    /// Maps what `SQLite` says.
    pub(crate) error: &'c dyn Fn(rusqlite::Error) -> RecordError,
}

impl TableReader<'_> {
    pub(crate) fn items(&self, query: &ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        let statement = self.statements.items(query);
        let mut values = vec![self.form()?.value(query.sequence_id)];
        for position in statement.positions {
            values.push(position_value(self.table, position)?);
        }
        values.push(Value::Integer(statement.limit));
        self.rows(&statement.sql, params_from_iter(values), RowReader::item)
    }

    pub(crate) fn items_by_time(
        &self,
        after: Option<TimePlace>,
        count: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let mut values = Vec::new();
        let sql = match after {
            None => &self.statements.first_by_time,
            Some(TimePlace { time, sequence_id }) => {
                let time = position_value(self.table, time.into())?;
                values.extend([time.clone(), time, self.form()?.value(sequence_id)]);
                &self.statements.next_by_time
            }
        };
        values.push(Value::Integer(limit(count)));
        self.rows(sql, params_from_iter(values), RowReader::item)
    }

    /// How the table keeps ids.
    pub(crate) fn form(&self) -> Result<IdForm, RecordError> {
        let form = self.statements.form.get(self.connection, self.table);
        form.map_err(self.error)
    }

    pub(crate) fn records(
        &self,
        after: RecordId,
        count: usize,
    ) -> Result<Vec<Record>, RecordError> {
        let Ok(after) = i64::try_from(after.get()) else {
            return Ok(Vec::new());
        };
        self.rows(
            &self.statements.records,
            (after, limit(count)),
            RowReader::record,
        )
    }

    pub(crate) fn max_record_id(&self) -> Result<RecordId, RecordError> {
        let mut statement = self.prepare(&self.statements.max_id)?;
        let max = statement
            .query_row([], |row| row.get(0))
            .map_err(self.error)?;
        es_sql::max_id(self.table, Some(max))
    }

    /// Looks for one sequence after another: a look is cheap, and a sequence may be long.
    pub(crate) fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let mut ids: Vec<Uuid> = Vec::new();
        while ids.len() < limit {
            let found = match ids.last().copied().or(after) {
                None => self.rows(&self.statements.first_sequence, [], RowReader::sequence_id)?,
                Some(last) => {
                    let last = [self.form()?.value(last)];
                    self.rows(&self.statements.next_sequence, last, RowReader::sequence_id)?
                }
            };
            match found.first() {
                Some(id) => ids.push(*id),
                None => break,
            }
        }
        Ok(ids)
    }

    pub(crate) fn rows<'r, T>(
        &'r self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&mut RowReader<'r>, &Row<'_>) -> Result<T, RecordError>,
    ) -> Result<Vec<T>, RecordError> {
        let mut reader = RowReader::new(self.table, self.form()?);
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(parameters).map_err(self.error)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(self.error)? {
            found.push(read(&mut reader, row)?);
        }
        Ok(found)
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, RecordError> {
        crate::schema::prepare(self.connection, self.table, sql, self.error)
    }
}
