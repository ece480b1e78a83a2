//! What is read of one table.

use es_sql::limit;
use es_store::kit::ItemReader;
use es_store::{ItemQuery, Record, RecordError, RecordId, SequencedItem, Table, TimePlace};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row, Value};
use uuid::Uuid;

use crate::database::Database;
use crate::error::is_lost;
use crate::rows::{self, IdForm};
use crate::statements::Statements;

/// What is bound in the statement of a query.
pub(crate) fn items_parameters(query: &ItemQuery, form: IdForm, numbers: &[i64]) -> Vec<Value> {
    let numbers = numbers.iter().map(|number| Value::Int(*number));
    [form.value(query.sequence_id)]
        .into_iter()
        .chain(numbers)
        .collect()
}

/// Reads one table through the pool.
pub(crate) struct TableReader<'d> {
    pub(crate) database: &'d Database,
    pub(crate) table: &'d Table,
    pub(crate) statements: &'d Statements,
}

impl TableReader<'_> {
    pub(crate) async fn items(
        &self,
        query: &ItemQuery,
        form: IdForm,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let statement = self.statements.items(query);
        let parameters = items_parameters(query, form, &statement.numbers(self.table)?);
        self.rows("read items", &statement.sql, parameters, rows::item)
            .await
    }

    pub(crate) async fn records(
        &self,
        after: RecordId,
        count: usize,
    ) -> Result<Vec<Record>, RecordError> {
        let parameters = vec![Value::UInt(after.get()), Value::Int(limit(count))];
        let sql = &self.statements.records;
        self.rows("read records", sql, parameters, rows::record)
            .await
    }

    pub(crate) async fn items_by_time(
        &self,
        after: Option<TimePlace>,
        count: usize,
        form: IdForm,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let mut parameters = Vec::new();
        let sql = match after {
            None => &self.statements.first_by_time,
            Some(TimePlace { time, sequence_id }) => {
                let time = Value::Int(time.as_micros());
                parameters.extend([time.clone(), time, form.value(sequence_id)]);
                &self.statements.next_by_time
            }
        };
        parameters.push(Value::Int(limit(count)));
        self.rows("read items by time", sql, parameters, rows::item)
            .await
    }

    pub(crate) async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        let rows = self
            .query(
                "read the greatest record id",
                &self.statements.max_id,
                Vec::new(),
            )
            .await?;
        rows::max_id(self.table, &rows)
    }

    pub(crate) async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        count: usize,
        form: IdForm,
    ) -> Result<Vec<Uuid>, RecordError> {
        let mut parameters: Vec<Value> = after.map(|id| form.value(id)).into_iter().collect();
        let sql = match after {
            None => &self.statements.first_sequences,
            Some(_) => &self.statements.next_sequences,
        };
        parameters.push(Value::Int(limit(count)));
        self.rows("read sequence ids", sql, parameters, |items, row| {
            rows::sequence_id(items.table, row)
        })
        .await
    }

    async fn rows<T>(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: Vec<Value>,
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
        parameters: Vec<Value>,
    ) -> Result<Vec<Row>, RecordError> {
        let mut rows = self.query_once(operation, sql, parameters.clone()).await?;
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
        parameters: Vec<Value>,
    ) -> Result<Result<Vec<Row>, Error>, RecordError> {
        let mut connection = self.database.connection(operation).await?;
        let rows = if parameters.is_empty() {
            connection.query(sql).await
        } else {
            connection.exec(sql, parameters).await
        };
        match &rows {
            Ok(_) => connection.keep(),
            Err(error) if is_lost(error) => self.database.forget_waiting(),
            Err(_) => {}
        }
        Ok(rows)
    }
}
