//! One table of a database on a server: reads by connections of the pool, appends by a connection
//! of its own.

use std::sync::Arc;

use es_store::kit::{GroupCommit, OpenTable};
use es_store::{Appended, RecordError, RecordId, SequencedItem, Table, WakeUp};

use super::session::{SchemaSession, ServerStatements, Session};
use super::writer::ServerWriter;
use super::{Checkout, Server, TableState, migrations};
use crate::rows::{FromRow, ItemRows};
use crate::{
    ErrorKind, IdEncoding, SqlError, SqlRecordManager, SqlResult, TableChange, TableDriver,
    TableQuery,
};

/// A table of a database on a server.
pub struct ServerTable<D: Server> {
    handle: TableHandle<D>,
    writer: GroupCommit,
}

/// The parts of a table that its readers and its writer share.
pub(super) struct TableHandle<D: Server> {
    pub(super) database: Arc<D>,
    pub(super) table: Arc<OpenTable>,
    pub(super) statements: Arc<D::Statements>,
    pub(super) state: Arc<D::TableState>,
}

impl<D: Server> Clone for TableHandle<D> {
    fn clone(&self) -> Self {
        Self {
            database: self.database.clone(),
            table: self.table.clone(),
            statements: self.statements.clone(),
            state: self.state.clone(),
        }
    }
}

impl<D: Server> TableDriver for ServerTable<D> {
    type Database = D;

    fn open(database: Arc<D>, table: Arc<OpenTable>) -> Result<Self, RecordError> {
        let statements = D::Statements::new(&table);
        let handle = TableHandle {
            state: Arc::new(D::TableState::new(&database, &statements)),
            statements: Arc::new(statements),
            database,
            table,
        };
        Ok(Self {
            writer: GroupCommit::on_runtime(ServerWriter::new(handle.clone())),
            handle,
        })
    }

    fn table(&self) -> &OpenTable {
        &self.handle.table
    }

    fn wake_up(&self) -> WakeUp {
        self.handle.state.wake_up()
    }

    fn notify(&self) {
        self.handle.state.notify();
    }

    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError> {
        self.writer.append(items.into()).await
    }

    /// Reads once more if the connection turns out to be lost, as after a restart of the server.
    async fn read<T: FromRow>(&self, query: TableQuery) -> Result<Vec<T>, RecordError> {
        let handle = &self.handle;
        let mut rows = handle.read_once(&query).await;
        if rows.as_ref().is_err_and(SqlError::is_lost) {
            rows = handle.read_once(&query).await;
        }
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(handle.explain(query.operation(), error).await),
        }
    }

    async fn change(&self, change: TableChange) -> Result<u64, RecordError> {
        let (handle, operation) = (&self.handle, change.operation());
        let mut connection = Checkout::take(&*handle.database, operation).await?;
        let changed = handle.change_on(&mut connection.session(), change).await;
        // The check of an error needs a connection of the pool, which may have this one only.
        let changed = connection.keep_if_ok(changed);
        if !matches!(change, TableChange::Delete(..)) {
            handle.invalidate();
        }
        match changed {
            Ok(rows) => Ok(rows),
            Err(error) => Err(handle.explain(operation, error).await),
        }
    }

    async fn setup(&self) -> Result<(), RecordError> {
        const OPERATION: &str = "set the table up";
        let TableHandle {
            database, table, ..
        } = &self.handle;
        let mut connection = Checkout::take(&**database, OPERATION).await?;
        let timeout = database.timeout();
        let done = migrations::setup(&mut connection.session(), table, timeout).await;
        self.handle.invalidate();
        let done = connection.keep_if_ok(done);
        done.map_err(|error| error.into_record_error(OPERATION))
    }

    async fn wait_until_durable(&self, id: RecordId) -> Result<(), RecordError> {
        let handle = &self.handle;
        let state = &handle.state;
        state
            .wait_until_durable(id, &handle.database, &handle.table)
            .await
    }

    async fn close(&self) {
        self.writer.close().await;
        self.handle.state.close();
    }
}

impl<D: Server> SqlRecordManager<ServerTable<D>> {
    /// Migrates an existing table, made by an older version of this library or by Python's, to the
    /// newest version; returns that version. A second call changes nothing.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] if there is no such table, or it has another shape.
    pub async fn migrate(&self) -> Result<usize, RecordError> {
        const OPERATION: &str = "migrate the table";
        let handle = &self.driver()?.handle;
        let mut connection = Checkout::take(&*handle.database, OPERATION).await?;
        let timeout = handle.database.timeout();
        let migrated = migrations::migrate(&mut connection.session(), &handle.table, timeout).await;
        handle.invalidate();
        let migrated = connection.keep_if_ok(migrated);
        migrated.map_err(|error| error.into_record_error(OPERATION))
    }
}

impl<D: Server> TableHandle<D> {
    async fn read_once<T: FromRow>(&self, query: &TableQuery) -> SqlResult<Vec<T>> {
        let mut connection = Checkout::take(&*self.database, query.operation()).await?;
        let rows = self.read_on(&mut connection.session(), query).await;
        let rows = connection.keep_if_ok(rows);
        if rows.as_ref().is_err_and(SqlError::is_lost) {
            self.database.forget_idle();
        }
        rows
    }

    async fn read_on<T: FromRow>(
        &self,
        session: &mut D::Session<'_>,
        query: &TableQuery,
    ) -> SqlResult<Vec<T>> {
        let statements = &self.statements;
        let encoding = if query.binds_id() {
            session.id_encoding(statements).await?
        } else {
            IdEncoding::default()
        };
        let statement = statements.query(query, encoding)?;
        let rows = ItemRows::new(&statements.table);
        session.query(statement, rows).await
    }

    async fn change_on(&self, session: &mut D::Session<'_>, change: TableChange) -> SqlResult<u64> {
        match change {
            TableChange::Drop => session.execute(&self.statements.drop).await?,
            TableChange::Truncate => session.execute(&self.statements.truncate).await?,
            TableChange::Delete(sequence_id, position) => {
                let encoding = session.id_encoding(&self.statements).await?;
                let statement = self.statements.delete(sequence_id, position, encoding)?;
                return session.run(statement).await;
            }
        }
        Ok(0)
    }

    /// Invalidates cached table metadata after a change. Concurrent readers may still see the old
    /// values.
    fn invalidate(&self) {
        self.statements.id_encoding.clear();
        self.state.invalidate();
    }

    pub(super) async fn explain(&self, operation: &'static str, error: SqlError) -> RecordError {
        explain(&*self.database, &self.table, operation, error).await
    }
}

/// Maps an error of a statement on a table. If the server does not know a name in it, the table is
/// checked, and the result names its faults.
pub async fn explain<D: Server>(
    database: &D,
    table: &Table,
    operation: &'static str,
    error: SqlError,
) -> RecordError {
    if !matches!(error.kind(), Some(ErrorKind::NoTable | ErrorKind::Schema)) {
        return error.into_record_error(operation);
    }
    let mut connection = match Checkout::take(database, operation).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    let checked = migrations::check(&mut connection.session(), table).await;
    match connection.keep_if_ok(checked) {
        Ok(_) => D::unexplained(table, operation, error),
        Err(schema) => schema.into_record_error("check the table"),
    }
}

/// Returns the encoding in which a table stores sequence ids, from the catalogue if it is not known
/// yet.
///
/// # Errors
///
/// [`RecordError::Schema`] if the table cannot be used.
pub async fn id_encoding<S: SchemaSession>(
    session: &mut S,
    statements: &S::Statements,
) -> Result<IdEncoding, RecordError> {
    if let Some(encoding) = statements.id_encoding.get() {
        return Ok(encoding);
    }
    let checked = migrations::check(session, &statements.table).await;
    let encoding = checked.map_err(|error| error.into_record_error("check the table"))?;
    statements.id_encoding.set(encoding);
    Ok(encoding)
}
