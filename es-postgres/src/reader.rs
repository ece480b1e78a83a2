//! What is read of one table.

use es_sql::limit;
use es_store::kit::ItemReader;
use es_store::{ItemQuery, Record, RecordError, RecordId, SequencedItem, Table, TimePlace};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use crate::database::Database;
use crate::error::is_lost;
use crate::rows;
use crate::statements::Statements;

pub(crate) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// What is bound in the statement of a query.
pub(crate) fn items_parameters<'q>(
    query: &'q ItemQuery,
    numbers: &'q [i64],
) -> Vec<&'q (dyn ToSql + Sync)> {
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&query.sequence_id];
    parameters.extend(numbers.iter().map(|number| number as &(dyn ToSql + Sync)));
    parameters
}

/// Reads one table through the pool.
pub(crate) struct TableReader<'d> {
    pub(crate) database: &'d Database,
    pub(crate) table: &'d Table,
    pub(crate) statements: &'d Statements,
}

impl TableReader<'_> {
    pub(crate) async fn items(&self, query: &ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        let statement = self.statements.items(query);
        let numbers = statement.numbers(self.table)?;
        let parameters = items_parameters(query, &numbers);
        self.rows("read items", &statement.sql, &parameters, rows::item)
            .await
    }

    pub(crate) async fn records(
        &self,
        after: RecordId,
        count: usize,
    ) -> Result<Vec<Record>, RecordError> {
        let Ok(after) = i64::try_from(after.get()) else {
            return Ok(Vec::new());
        };
        let sql = &self.statements.records;
        self.rows("read records", sql, &[&after, &limit(count)], rows::record)
            .await
    }

    pub(crate) async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        count: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        const OPERATION: &str = "read items by time";
        let (statements, limit) = (self.statements, limit(count));
        match after {
            None => {
                let sql = &statements.first_by_time;
                self.rows(OPERATION, sql, &[&limit], rows::item).await
            }
            Some(TimePlace { time, sequence_id }) => {
                let (sql, time) = (&statements.next_by_time, time.as_micros());
                let parameters: Parameters<'_> = &[&time, &time, &sequence_id, &limit];
                self.rows(OPERATION, sql, parameters, rows::item).await
            }
        }
    }

    pub(crate) async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        let rows = self
            .query("read the greatest record id", &self.statements.max_id, &[])
            .await?;
        rows::max_id(self.table, &rows)
    }

    pub(crate) async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        count: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        const OPERATION: &str = "read sequence ids";
        let (statements, limit) = (self.statements, limit(count));
        match after {
            None => {
                let sql = &statements.first_sequences;
                self.rows(OPERATION, sql, &[&limit], |items, row| {
                    rows::sequence_id(items.table, row)
                })
                .await
            }
            Some(after) => {
                let sql = &statements.next_sequences;
                self.rows(OPERATION, sql, &[&limit, &after], |items, row| {
                    rows::sequence_id(items.table, row)
                })
                .await
            }
        }
    }

    async fn rows<T>(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
        read: fn(&mut ItemReader<'_>, &Row) -> Result<T, RecordError>,
    ) -> Result<Vec<T>, RecordError> {
        let rows = self.query(operation, sql, parameters).await?;
        let mut items = ItemReader::new(self.table);
        rows.iter().map(|row| read(&mut items, row)).collect()
    }

    /// Reads; once more where the connection turns out to be gone, as that of a server that was restarted.
    async fn query(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, RecordError> {
        let mut rows = self.query_once(operation, sql, parameters).await?;
        if rows.as_ref().is_err_and(is_lost) {
            rows = self.query_once(operation, sql, parameters).await?;
        }
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.database.explain(operation, self.table, error).await),
        }
    }

    async fn query_once(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Result<Vec<Row>, Error>, RecordError> {
        let client = self.database.client(operation).await?;
        let read = async {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, parameters).await
        };
        let rows = read.await;
        if rows.as_ref().is_err_and(is_lost) {
            self.database.forget(client);
        }
        Ok(rows)
    }
}
