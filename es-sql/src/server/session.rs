//! A connection in use: the operations that a store implements with its driver.

use std::collections::HashSet;
use std::ops::Deref;
use std::time::Duration;

use es_store::kit::Batch;
use es_store::{Position, RecordError, RecordId, Table};
use uuid::Uuid;

use crate::{
    CatalogueEntry, Dialect, IdEncoding, RowReader, SqlError, SqlResult, Statement, TableStatements,
};

/// The statements on one table, beside those that all databases share.
pub trait ServerStatements: Deref<Target = TableStatements> + Send + Sync + 'static {
    /// Writes the statements on a table.
    fn new(table: &Table) -> Self;
}

/// Runs statements on a connection.
pub trait Session: Sized + Send {
    /// The statements on one table.
    type Statements: ServerStatements;

    /// The dialect of the database.
    const DIALECT: &'static Dialect;

    /// Runs statements without values and without rows, separated by semicolons.
    fn execute(&mut self, sql: &str) -> impl Future<Output = SqlResult> + Send;

    /// Runs a statement; returns the number of rows that it changed.
    fn run(&mut self, statement: Statement<'_>) -> impl Future<Output = SqlResult<u64>> + Send;

    /// Runs a statement that returns rows.
    fn query<R: RowReader>(
        &mut self,
        statement: Statement<'_>,
        rows: R,
    ) -> impl Future<Output = SqlResult<Vec<R::Output>>> + Send;

    /// Returns the encoding in which a table stores sequence ids, from the catalogue if it is not
    /// known yet.
    fn id_encoding(
        &mut self,
        statements: &Self::Statements,
    ) -> impl Future<Output = Result<IdEncoding, RecordError>> + Send {
        let _ = statements;
        async { Ok(IdEncoding::Bytes) }
    }
}

/// Creates, checks and migrates tables on a connection.
pub trait SchemaSession: Session {
    /// The statements from each version of a table to the next. The first creates it. A database
    /// that commits by itself at such statements needs the others to be repeatable.
    const MIGRATIONS: &'static [fn(&Table) -> Vec<String>];

    /// True if a table cannot be written without its row in `es_tables`.
    const NEEDS_VERSION: bool;

    /// Reads the catalogue.
    fn describe(&mut self, table: &Table)
    -> impl Future<Output = SqlResult<CatalogueEntry>> + Send;

    /// Returns true if `es_tables` exists.
    fn has_version_table(&mut self) -> impl Future<Output = SqlResult<bool>> + Send;

    /// Creates `es_tables`, and whatever else the store keeps beside a table, if they are missing.
    fn create_version_tables(&mut self, table: &Table) -> impl Future<Output = SqlResult> + Send;

    /// Waits for the turn to create tables, and begins a transaction if the database has
    /// transactions for that. One party at a time creates tables: two would end in errors of the
    /// catalogue.
    fn begin_setup(&mut self, timeout: Duration) -> impl Future<Output = SqlResult> + Send;

    /// Commits, and ends the turn.
    fn commit_setup(&mut self) -> impl Future<Output = SqlResult> + Send;

    /// Rolls back, and ends the turn. If that fails too, the connection is lost, and the
    /// transaction and the turn with it.
    fn abort_setup(&mut self) -> impl Future<Output = ()> + Send;
}

/// Appends items in a transaction on a connection.
pub trait AppendSession: Session {
    /// Checks that the caller's transaction can hold appends.
    fn check_transaction(
        &mut self,
        statements: &Self::Statements,
    ) -> impl Future<Output = SqlResult> + Send;

    /// Begins a transaction and takes the lock of the table; returns the greatest record id, if the
    /// table has record ids.
    fn begin(
        &mut self,
        statements: &Self::Statements,
    ) -> impl Future<Output = SqlResult<Option<RecordId>>> + Send;

    /// Takes the lock of the table in the current transaction; returns as [`begin`](Self::begin).
    fn lock(
        &mut self,
        statements: &Self::Statements,
    ) -> impl Future<Output = SqlResult<Option<RecordId>>> + Send;

    /// Inserts items after the greatest record id.
    fn insert(
        &mut self,
        statements: &Self::Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> impl Future<Output = SqlResult> + Send;

    /// Inserts items and commits. The transaction is over if this fails because a position is
    /// taken.
    fn commit(
        &mut self,
        statements: &Self::Statements,
        batch: &Batch<'_>,
        max_id: Option<RecordId>,
    ) -> impl Future<Output = SqlResult> + Send {
        commit_in_turn(self, statements, batch, max_id)
    }

    /// Returns the positions of a batch that are taken.
    fn taken(
        &mut self,
        statements: &Self::Statements,
        batch: &Batch<'_>,
    ) -> impl Future<Output = SqlResult<HashSet<(Uuid, Position)>>> + Send;

    /// Sends a statement behind those that were sent, without waiting for its answer. A driver that
    /// cannot refuses all further statements of a connection with a missing answer.
    fn send(&mut self, sql: &'static str) {
        let _ = sql;
    }

    /// Releases the savepoint of an append in the caller's transaction.
    fn release(&mut self, statements: &Self::Statements) -> impl Future<Output = SqlResult> + Send {
        let _ = statements;
        self.execute("RELEASE SAVEPOINT es_append")
    }
}

/// Inserts items, waits for the answer, and commits.
///
/// # Errors
///
/// As [`AppendSession::commit`].
pub async fn commit_in_turn<S: AppendSession>(
    session: &mut S,
    statements: &S::Statements,
    batch: &Batch<'_>,
    max_id: Option<RecordId>,
) -> SqlResult {
    let inserted = session.insert(statements, batch, max_id).await;
    if inserted.as_ref().is_err_and(SqlError::is_taken) {
        // If this fails, the connection is not used again: its transaction may still be open.
        session.execute("ROLLBACK").await?;
    }
    inserted?;
    session.execute("COMMIT").await.map_err(SqlError::in_commit)
}
