//! Statements on one connection to a `MySQL` or `MariaDB` server.

use std::collections::HashSet;
use std::time::Duration;

use es_sql::server::{AppendSession, SchemaSession, Session, id_encoding};
use es_sql::{
    CatalogueEntry, Dialect, IdEncoding, ItemRows, MaxRecordId, Parameter, RowReader, SqlResult,
    Statement,
};
use es_store::kit::{Batch, StatementSize};
use es_store::{Position, RecordError, RecordId, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Connection, DriverError, Error, Params, Row, Value};
use uuid::Uuid;

use crate::database::lock_row_missing;
use crate::dialect::DIALECT;
use crate::error::sql_error;
use crate::rows::{self, MysqlRow, id_value};
use crate::schema::{self, create, widen};
use crate::statements::Statements;

/// The size of a statement of a batch; the driver splits it if the server takes less.
const STATEMENT: StatementSize = StatementSize {
    rows: 10_000,
    bytes: 4 << 20,
};

/// The number of keys that one statement looks up.
const KEYS: StatementSize = StatementSize {
    rows: 500,
    bytes: usize::MAX,
};

/// A connection in use: the library's, or the caller's transaction.
pub struct MysqlSession<'c, 't>(Connection<'c, 't>);

impl<'c, 't> MysqlSession<'c, 't> {
    pub(crate) fn new(connection: impl Into<Connection<'c, 't>>) -> Self {
        Self(connection.into())
    }

    /// Returns the driver's connection, unless the future of an earlier statement was dropped: the
    /// driver would take the answer to that one, which is on the way, for the answer to the next.
    fn driver(&mut self) -> Result<&mut Connection<'c, 't>, Error> {
        if self.0.is_disconnected() {
            return Err(DriverError::ConnectionClosed.into());
        }
        Ok(&mut self.0)
    }

    /// Runs statements in one packet, the last two of which take the lock and read the greatest
    /// record id while the lock is held.
    async fn lock_with(&mut self, sql: &str, table: &Table) -> SqlResult<Option<RecordId>> {
        let mut result_sets = self.result_sets(sql).await.map_err(sql_error)?;
        let (max_id, lock) = (result_sets.pop().unwrap_or_default(), result_sets.pop());
        if lock.is_none_or(|rows| rows.is_empty()) {
            return Err(lock_row_missing(table).into());
        }
        if table.record_id.is_none() {
            return Ok(None);
        }
        let rows = MysqlRow::read_all(&max_id, &mut ItemRows::<MaxRecordId>::new(table))?;
        Ok(Some(MaxRecordId::only(table, &rows)?))
    }

    /// Runs statements in one packet; returns the rows of each.
    async fn result_sets(&mut self, sql: &str) -> Result<Vec<Vec<Row>>, Error> {
        let mut result = self.driver()?.query_iter(sql).await?;
        let mut result_sets = vec![result.collect().await?];
        while !result.is_empty() {
            result_sets.push(result.collect().await?);
        }
        // The error of a later statement comes here.
        result.drop_result().await?;
        Ok(result_sets)
    }
}

fn bind(statement: Statement<'_>) -> Params {
    if statement.parameters.is_empty() {
        return Params::Empty;
    }
    let values = statement.parameters.into_iter();
    Params::Positional(values.map(value).collect())
}

fn value(parameter: Parameter) -> Value {
    match parameter {
        Parameter::Id(id, encoding) => id_value(id, encoding),
        Parameter::Number(number) | Parameter::Time(number) => Value::Int(number),
        Parameter::Text(text) => text.into(),
    }
}

impl Session for MysqlSession<'_, '_> {
    type Statements = Statements;

    const DIALECT: &'static Dialect = &DIALECT;

    async fn execute(&mut self, sql: &str) -> SqlResult {
        let driver = self.driver().map_err(sql_error)?;
        driver.query_drop(sql).await.map_err(sql_error)
    }

    async fn run(&mut self, mut statement: Statement<'_>) -> SqlResult<u64> {
        let sql = std::mem::take(&mut statement.sql);
        let driver = self.driver().map_err(sql_error)?;
        let ran = driver.exec_drop(&*sql, bind(statement)).await;
        ran.map_err(sql_error)?;
        Ok(driver.affected_rows())
    }

    /// Statements without values are sent as text, which saves the round trip of their preparation.
    async fn query<R: RowReader>(
        &mut self,
        mut statement: Statement<'_>,
        mut rows: R,
    ) -> SqlResult<Vec<R::Output>> {
        let sql = std::mem::take(&mut statement.sql);
        let driver = self.driver().map_err(sql_error)?;
        let found: Result<Vec<Row>, Error> = if statement.parameters.is_empty() {
            driver.query(&*sql).await
        } else {
            driver.exec(&*sql, bind(statement)).await
        };
        Ok(MysqlRow::read_all(&found.map_err(sql_error)?, &mut rows)?)
    }

    async fn id_encoding(&mut self, statements: &Statements) -> Result<IdEncoding, RecordError> {
        id_encoding(self, statements).await
    }
}

impl SchemaSession for MysqlSession<'_, '_> {
    const MIGRATIONS: &'static [fn(&Table) -> Vec<String>] = &[create, widen];

    /// The row in `es_tables` is the lock of the table.
    const NEEDS_VERSION: bool = true;

    async fn describe(&mut self, table: &Table) -> SqlResult<CatalogueEntry> {
        let driver = self.driver().map_err(sql_error)?;
        let entry = schema::describe(driver, table).await;
        entry.map_err(sql_error)
    }

    async fn has_version_table(&mut self) -> SqlResult<bool> {
        let sql = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'es_tables'";
        let driver = self.driver().map_err(sql_error)?;
        let listed: Result<Option<u8>, Error> = driver.query_first(sql).await;
        Ok(listed.map_err(sql_error)?.is_some())
    }

    /// `es_readers` has a row for each table, which readers of records change to wait for the disk.
    async fn create_version_tables(&mut self, table: &Table) -> SqlResult {
        let lists = "CREATE TABLE IF NOT EXISTS es_tables (name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT \
                     NULL PRIMARY KEY, version INT NOT NULL) ENGINE=InnoDB; CREATE TABLE IF NOT EXISTS es_readers (name \
                     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, pages BIGINT NOT NULL) \
                     ENGINE=InnoDB";
        self.execute(lists).await?;
        let sql = "INSERT IGNORE INTO es_readers VALUES (?, 0)";
        let statement = Statement::new(sql, [(&*table.name).into()]);
        self.run(statement).await.map(drop)
    }

    /// Takes a session lock, because creating a table commits the transaction.
    async fn begin_setup(&mut self, timeout: Duration) -> SqlResult {
        let sql = "SELECT GET_LOCK(CONCAT('es_setup ', MD5(DATABASE())), ?)";
        let timeout = (timeout.as_secs().max(1),);
        let driver = self.driver().map_err(sql_error)?;
        let taken: Result<Option<Option<u8>>, Error> = driver.exec_first(sql, timeout).await;
        match taken.map_err(sql_error)?.flatten() {
            Some(1) => Ok(()),
            _ => Err(RecordError::Unavailable {
                source: "another program creates tables in this database".into(),
            }
            .into()),
        }
    }

    /// A lock that is not released must not go back to the pool with its session.
    async fn commit_setup(&mut self) -> SqlResult {
        let sql = "DO RELEASE_LOCK(CONCAT('es_setup ', MD5(DATABASE())))";
        self.execute(sql).await
    }

    async fn abort_setup(&mut self) {
        let _lost = self.commit_setup().await;
    }
}

impl AppendSession for MysqlSession<'_, '_> {
    async fn check_transaction(&mut self, statements: &Statements) -> SqlResult {
        self.id_encoding(statements).await?;
        Ok(())
    }

    async fn begin(&mut self, statements: &Statements) -> SqlResult<Option<RecordId>> {
        self.lock_with(&statements.begin, &statements.table).await
    }

    async fn lock(&mut self, statements: &Statements) -> SqlResult<Option<RecordId>> {
        self.lock_with(&statements.lock, &statements.table).await
    }

    async fn insert(
        &mut self,
        statements: &Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> SqlResult {
        let encoding = self.id_encoding(statements).await?;
        let mut id = max_id.map(RecordId::get);
        for items in batch.statements(STATEMENT) {
            let mut parameters = Vec::with_capacity(items.len());
            for item in items {
                id = id.map(|id| id + 1);
                let id = id.map(RecordId::new);
                parameters.push(rows::parameters(&statements.table, item, encoding, id)?);
            }
            let driver = self.driver().map_err(sql_error)?;
            let inserted = driver.exec_batch(&statements.insert, parameters).await;
            inserted.map_err(sql_error)?;
        }
        Ok(())
    }

    async fn taken(
        &mut self,
        statements: &Statements,
        batch: &Batch<'_>,
    ) -> SqlResult<HashSet<(Uuid, Position)>> {
        let encoding = self.id_encoding(statements).await?;
        let mut taken = HashSet::new();
        for items in batch.statements(KEYS) {
            let sql = statements.taken(items, encoding)?;
            let driver = self.driver().map_err(sql_error)?;
            let rows: Vec<Row> = driver.query(sql).await.map_err(sql_error)?;
            let mut keys = ItemRows::<(Uuid, Position)>::new(&statements.table);
            taken.extend(MysqlRow::read_all(&rows, &mut keys)?);
        }
        Ok(taken)
    }
}
