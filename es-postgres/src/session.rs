//! Statements on one connection to a `PostgreSQL` server.

use std::collections::HashSet;
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use es_sql::server::{AppendSession, SchemaSession, Session, commit_in_turn};
use es_sql::{
    CatalogueEntry, Dialect, ItemRows, MaxRecordId, Parameter, RowReader, SqlError, SqlResult,
    Statement,
};
use es_store::kit::{Batch, StatementSize};
use es_store::{Position, RecordError, RecordId, Table};
use futures_util::future::join;
use futures_util::{FutureExt, TryStreamExt};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::dialect::DIALECT;
use crate::error::sql_error;
use crate::rows::{Columns, PostgresRow};
use crate::schema::{self, create};
use crate::statements::Statements;

/// The size of a statement: the server takes a gibibyte, and keeps it in memory.
const STATEMENT: StatementSize = StatementSize {
    rows: 10_000,
    bytes: 16 << 20,
};

/// A connection in use.
pub enum PostgresSession<'c> {
    /// A connection of the writer.
    Owned(ClientWrapper),
    /// A connection of the pool.
    Pooled(&'c ClientWrapper),
    /// The caller's connection, without a cache of prepared statements.
    Callers(&'c Client),
}

impl PostgresSession<'_> {
    fn client(&self) -> &Client {
        match self {
            Self::Owned(client) => client,
            Self::Pooled(client) => client,
            Self::Callers(client) => client,
        }
    }

    async fn prepared(&self, sql: &str) -> SqlResult<tokio_postgres::Statement> {
        let prepared = match self {
            Self::Owned(client) => client.prepare_cached(sql).await,
            Self::Pooled(client) => client.prepare_cached(sql).await,
            Self::Callers(client) => client.prepare(sql).await,
        };
        prepared.map_err(sql_error)
    }

    async fn batch(&self, sql: &str) -> SqlResult {
        self.client().batch_execute(sql).await.map_err(sql_error)
    }

    /// Runs statements that take the lock, and reads the greatest record id while the lock is held,
    /// in one round trip.
    async fn lock_with(&self, sql: &str, statements: &Statements) -> SqlResult<Option<RecordId>> {
        let lock = self.batch(sql);
        if statements.table.record_id.is_none() {
            return lock.await.map(|()| None);
        }
        let max_id = self.prepared(&statements.max_id).await?;
        let (locked, rows) = join(lock, self.client().query(&max_id, &[])).await;
        locked?;
        let mut reader = ItemRows::<MaxRecordId>::new(&statements.table);
        let rows = PostgresRow::read_all(&rows.map_err(sql_error)?, &mut reader)?;
        Ok(Some(MaxRecordId::only(&statements.table, &rows)?))
    }

    async fn insert_by(
        &self,
        insert: &tokio_postgres::Statement,
        statements: &Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> SqlResult {
        let mut before = max_id.map(|id| i64::try_from(id.get()).unwrap_or(i64::MAX));
        for items in batch.statements(STATEMENT) {
            let columns = Columns::new(&statements.table, items)?;
            let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![
                &columns.sequences,
                &columns.positions,
                &columns.topics,
                &columns.data,
            ];
            parameters.extend(before.as_ref().map(|before| before as &(dyn ToSql + Sync)));
            let inserted = self.client().execute(insert, &parameters).await;
            let inserted = inserted.map_err(sql_error)?;
            before = before.map(|id| id.saturating_add_unsigned(inserted));
        }
        Ok(())
    }
}

fn bind(parameter: &Parameter) -> &(dyn ToSql + Sync) {
    match parameter {
        Parameter::Id(id, _) => id,
        Parameter::Number(number) | Parameter::Time(number) => number,
        Parameter::Text(text) => text,
    }
}

impl Session for PostgresSession<'_> {
    type Statements = Statements;

    const DIALECT: &'static Dialect = &DIALECT;

    async fn execute(&mut self, sql: &str) -> SqlResult {
        self.batch(sql).await
    }

    async fn run(&mut self, statement: Statement<'_>) -> SqlResult<u64> {
        let prepared = self.prepared(&statement.sql).await?;
        let parameters = statement.parameters.iter().map(bind);
        let changed = self.client().execute_raw(&prepared, parameters).await;
        changed.map_err(sql_error)
    }

    async fn query<R: RowReader>(
        &mut self,
        statement: Statement<'_>,
        mut rows: R,
    ) -> SqlResult<Vec<R::Output>> {
        let prepared = self.prepared(&statement.sql).await?;
        let parameters = statement.parameters.iter().map(bind);
        let found = self.client().query_raw(&prepared, parameters).await;
        let found: Result<Vec<_>, _> = found.map_err(sql_error)?.try_collect().await;
        Ok(PostgresRow::read_all(
            &found.map_err(sql_error)?,
            &mut rows,
        )?)
    }
}

impl SchemaSession for PostgresSession<'_> {
    const MIGRATIONS: &'static [fn(&Table) -> Vec<String>] = &[create];

    const NEEDS_VERSION: bool = false;

    async fn describe(&mut self, table: &Table) -> SqlResult<CatalogueEntry> {
        let entry = schema::describe(self.client(), table).await;
        entry.map_err(sql_error)
    }

    async fn has_version_table(&mut self) -> SqlResult<bool> {
        let sql = "SELECT to_regclass('es_tables') IS NOT NULL";
        let row = self.client().query_one(sql, &[]).await;
        Ok(row.map_err(sql_error)?.get(0))
    }

    async fn create_version_tables(&mut self, _: &Table) -> SqlResult {
        let sql =
            "CREATE TABLE IF NOT EXISTS es_tables (name TEXT PRIMARY KEY, version INT NOT NULL)";
        self.batch(sql).await
    }

    async fn begin_setup(&mut self, _: Duration) -> SqlResult {
        let sql =
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1702035457, 0)";
        self.batch(sql).await
    }

    async fn commit_setup(&mut self) -> SqlResult {
        self.batch("COMMIT").await
    }

    async fn abort_setup(&mut self) {
        let _lost = self.batch("ROLLBACK").await;
    }
}

impl AppendSession for PostgresSession<'_> {
    /// Checks the isolation level: a snapshot that is older than the lock does not show the
    /// greatest record id.
    async fn check_transaction(&mut self, _: &Statements) -> SqlResult {
        let sql = "SELECT current_setting('transaction_isolation')";
        let row = self.client().query_one(sql, &[]).await;
        let level: String = row.map_err(sql_error)?.get(0);
        if level == "read committed" {
            return Ok(());
        }
        Err(RecordError::Backend {
            operation: "append in a transaction",
            source: format!("the transaction is at `{level}`; events need `READ COMMITTED`").into(),
        }
        .into())
    }

    async fn begin(&mut self, statements: &Statements) -> SqlResult<Option<RecordId>> {
        self.lock_with(&statements.begin, statements).await
    }

    async fn lock(&mut self, statements: &Statements) -> SqlResult<Option<RecordId>> {
        self.lock_with(&statements.lock, statements).await
    }

    async fn insert(
        &mut self,
        statements: &Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> SqlResult {
        let insert = self.prepared(&statements.insert).await?;
        self.insert_by(&insert, statements, batch, max_id).await
    }

    /// Sends one statement and the commit in one round trip: the commit of a transaction with an
    /// error rolls it back. The answers to several statements come before the commit: one that
    /// arrived between them would keep some of them, and leave the others in no transaction.
    async fn commit(
        &mut self,
        statements: &Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> SqlResult {
        if batch.statements(STATEMENT).nth(1).is_some() {
            let committed = commit_in_turn(self, statements, batch, max_id).await;
            return committed.map_err(SqlError::in_commit);
        }
        let insert = self.prepared(&statements.insert).await?;
        let inserting = self.insert_by(&insert, statements, batch, max_id);
        let (inserted, ended) = join(inserting, self.batch("COMMIT")).await;
        inserted.and(ended).map_err(SqlError::in_commit)
    }

    async fn taken(
        &mut self,
        statements: &Statements,
        batch: &Batch<'_>,
    ) -> SqlResult<HashSet<(Uuid, Position)>> {
        let Columns {
            sequences,
            positions,
            ..
        } = Columns::new(&statements.table, batch.items())?;
        let keys: [&(dyn ToSql + Sync); 2] = [&sequences, &positions];
        let found = self.client().query(&statements.taken, &keys).await;
        let mut keys = ItemRows::<(Uuid, Position)>::new(&statements.table);
        let keys = PostgresRow::read_all(&found.map_err(sql_error)?, &mut keys)?;
        Ok(keys.into_iter().collect())
    }

    /// The first poll sends the statement; the server answers in turn.
    fn send(&mut self, sql: &'static str) {
        let _pending = self.batch(sql).now_or_never();
    }

    /// The notification is sent when the transaction commits.
    async fn release(&mut self, statements: &Statements) -> SqlResult {
        self.batch("RELEASE SAVEPOINT es_append").await?;
        let notify = Statement::new("SELECT pg_notify($1, '')", [(&*statements.channel).into()]);
        self.run(notify).await.map(drop)
    }
}
