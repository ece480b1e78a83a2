//! The transactions of group commit on a server, by a connection of the writer's own.

use async_trait::async_trait;
use es_store::Append;
use es_store::kit::{Batch, BatchOutcomes, BatchStore, StoredItem, WriteError};
use es_store::{Position, RecordError, RecordId};
use uuid::Uuid;

use super::session::{AppendSession, Session};
use super::table::TableHandle;
use super::{Server, TableState};
use crate::rows::ItemRows;
use crate::{ErrorKind, SqlError, SqlResult, TableQuery};

const OPERATION: &str = "append";

/// Writes one table of a database.
pub(super) struct ServerWriter<D: Server> {
    handle: TableHandle<D>,
    /// The connection, unless it was lost or left in an unknown state.
    session: Option<D::Session<'static>>,
    /// The greatest record id, read while the lock is held. `None` in a table without record ids.
    max_id: Option<RecordId>,
}

impl<D: Server> ServerWriter<D> {
    pub(super) fn new(handle: TableHandle<D>) -> Self {
        Self {
            handle,
            session: None,
            max_id: None,
        }
    }

    /// Begins a transaction with the lock, on the current connection or, if that turns out to be
    /// lost, on a new one.
    async fn begin(&mut self) -> SqlResult {
        if let Some(session) = self.session.take() {
            match self.begin_on(session).await {
                Err(error) if error.is_lost() => self.handle.database.forget_idle(),
                begun => return begun,
            }
        }
        let session = self.handle.database.connect_writer(OPERATION).await?;
        self.begin_on(session).await
    }

    async fn begin_on(&mut self, mut session: D::Session<'static>) -> SqlResult {
        self.max_id = session.begin(&self.handle.statements).await?;
        self.session = Some(session);
        Ok(())
    }

    fn outcomes(&self) -> BatchOutcomes {
        self.max_id
            .map_or(BatchOutcomes::without_ids(), BatchOutcomes::after)
    }

    async fn write_all(&mut self, appends: &[Append]) -> SqlResult<BatchOutcomes> {
        let mut outcomes = self.outcomes();
        let batch = Batch::from_appends(appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    /// Writes the appends none of whose positions is taken, in a second transaction that reads the taken positions first.
    async fn write_the_rest(&mut self, appends: &[Append]) -> SqlResult<BatchOutcomes> {
        self.begin().await?;
        let all = Batch::from_appends(appends, &mut BatchOutcomes::without_ids());
        let session = self.session.as_mut().ok_or(RecordError::Closed)?;
        let taken = session.taken(&self.handle.statements, &all).await?;
        let mut outcomes = self.outcomes();
        let batch = Batch::without(&taken, appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    async fn commit(&mut self, batch: &Batch<'_>) -> SqlResult {
        let session = self.session.as_mut().ok_or(RecordError::Closed)?;
        let statements = &self.handle.statements;
        session.commit(statements, batch, self.max_id).await
    }

    /// Maps the error of a transaction to its known outcome.
    async fn refuse(&mut self, error: SqlError) -> WriteError {
        if error.is_taken() {
            // Another program, which does not take the lock, has written in between.
            return WriteError::IdTaken;
        }
        // The state of the connection is unknown: the next transaction begins on a new one.
        self.session = None;
        if error.kind() == Some(ErrorKind::CommitLost) {
            self.handle.database.forget_idle();
            return WriteError::Lost(error.into_record_error(OPERATION).into());
        }
        WriteError::NotWritten(self.handle.explain(OPERATION, error).await)
    }

    async fn find_on(
        session: &mut D::Session<'static>,
        statements: &D::Statements,
        query: &TableQuery,
    ) -> SqlResult<Vec<StoredItem>> {
        let encoding = session.id_encoding(statements).await?;
        let statement = statements.query(query, encoding)?;
        let rows = ItemRows::new(&statements.table);
        session.query(statement, rows).await
    }
}

#[async_trait]
impl<D: Server> BatchStore for ServerWriter<D> {
    async fn lock(&mut self) -> Result<(), RecordError> {
        match self.begin().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.handle.explain(OPERATION, error).await),
        }
    }

    async fn write(&mut self, appends: &[Append]) -> Result<BatchOutcomes, WriteError> {
        let written = match self.write_all(appends).await {
            Err(error) if error.is_taken() => self.write_the_rest(appends).await,
            written => written,
        };
        let outcomes = match written {
            Ok(outcomes) => outcomes,
            Err(error) => return Err(self.refuse(error).await),
        };
        if let Some(next) = outcomes.next_id() {
            let last = RecordId::new(next.get() - 1);
            self.handle.state.set_durable(last);
        }
        Ok(outcomes)
    }

    async fn unlock(&mut self) {
        let ended = match &mut self.session {
            Some(session) => session.execute("ROLLBACK").await,
            None => Ok(()),
        };
        if ended.is_err() {
            self.session = None;
        }
    }

    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<StoredItem>, RecordError> {
        let query = TableQuery::Item(sequence_id, position);
        let session = self.session.as_mut().ok_or(RecordError::Closed)?;
        match Self::find_on(session, &self.handle.statements, &query).await {
            Ok(found) => Ok(found.into_iter().next()),
            Err(error) => Err(self.handle.explain(OPERATION, error).await),
        }
    }

    fn committed(&mut self) {
        self.handle.state.committed();
    }
}
