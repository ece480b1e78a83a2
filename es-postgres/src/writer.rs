//! The transactions of the group commit.

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use es_sql::position_number;
use es_store::kit::{Batch, BatchStore, Found, ItemReader, OpenTable, Outcomes, WriteError};
use es_store::{Append, Position, RecordError, RecordId, SequencedItem};
use futures_util::future::join;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use crate::database::Database;
use crate::error::{is_lost, is_taken, record_error};
use crate::insertion::{Failure, Insertion, is_one_statement, taken};
use crate::rows;
use crate::statements::Statements;
use crate::wake_up::Followers;

const OPERATION: &str = "append";

/// Writes one table of a database, by a connection of its own.
pub(crate) struct PostgresWriter {
    database: Arc<Database>,
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    followers: Arc<Followers>,
    connection: Option<ClientWrapper>,
    /// The greatest record id, seen under the lock.
    max_id: Option<RecordId>,
}

impl PostgresWriter {
    pub(crate) fn new(
        database: Arc<Database>,
        table: Arc<OpenTable>,
        statements: Arc<Statements>,
        followers: Arc<Followers>,
    ) -> Self {
        Self {
            database,
            table,
            statements,
            followers,
            connection: None,
            max_id: None,
        }
    }

    fn connection(&self) -> Result<&ClientWrapper, RecordError> {
        self.connection.as_ref().ok_or(RecordError::Closed)
    }

    /// Begins a transaction with the lock, on the connection at hand or, where that turns out to be gone, on a new one.
    async fn begin(&mut self) -> Result<(), RecordError> {
        if let Some(connection) = self.connection.take() {
            match self.begin_on(&connection).await {
                Ok(max_id) => return self.begun(connection, max_id),
                Err(error) if is_lost(&error) => self.database.forget_waiting(),
                Err(error) => return Err(self.explain(error).await),
            }
        }
        let connection = self.database.writer(OPERATION).await?;
        match self.begin_on(&connection).await {
            Ok(max_id) => self.begun(connection, max_id),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// In one trip: what reads the greatest id does so behind the lock.
    async fn begin_on(&self, connection: &ClientWrapper) -> Result<Option<Vec<Row>>, Error> {
        let begin = connection.batch_execute(&self.statements.begin);
        if self.table.record_id.is_none() {
            begin.await?;
            return Ok(None);
        }
        let max_id = connection.prepare_cached(&self.statements.max_id).await?;
        let (locked, max_id) = join(begin, connection.query(&max_id, &[])).await;
        locked?;
        max_id.map(Some)
    }

    fn begun(
        &mut self,
        connection: ClientWrapper,
        max_id: Option<Vec<Row>>,
    ) -> Result<(), RecordError> {
        self.max_id = max_id
            .map(|rows| rows::max_id(&self.table, &rows))
            .transpose()?;
        self.connection = Some(connection);
        Ok(())
    }

    fn outcomes(&self) -> Outcomes {
        self.max_id.map_or(Outcomes::without_ids(), Outcomes::after)
    }

    /// Inserts and commits: one statement in one trip, as the commit of a transaction with an error rolls it back. Several
    /// are all answered before: a commit that comes between them would keep some, and leave the others in no transaction.
    async fn commit(&self, batch: &Batch<'_>) -> Result<(), Failure> {
        let connection = self.connection()?;
        let insert = connection.prepare_cached(&self.statements.insert).await?;
        let insertion = Insertion {
            client: &**connection,
            table: &self.table,
            insert: &insert,
            max_id: self.max_id,
        };
        let (inserted, ended) = if is_one_statement(batch) {
            let commit = connection.batch_execute("COMMIT");
            join(insertion.run(batch), commit).await
        } else {
            let inserted = insertion.run(batch).await;
            let end = if inserted.is_ok() {
                "COMMIT"
            } else {
                "ROLLBACK"
            };
            (inserted, connection.batch_execute(end).await)
        };
        inserted?;
        Ok(ended?)
    }

    /// Once more, behind a look at which positions are taken.
    async fn commit_the_rest(&mut self, appends: &[Append]) -> Result<Outcomes, WriteError> {
        self.begin().await?;
        let items: Vec<_> = appends.iter().flat_map(Append::items).collect();
        let connection = self.connection()?;
        let taken = match taken(&**connection, &self.table, &self.statements, &items).await {
            Ok(taken) => taken,
            Err(failure) => return Err(self.refuse(failure).await),
        };
        let mut outcomes = self.outcomes();
        let batch = Batch::without(&taken, appends, &mut outcomes);
        match self.commit(&batch).await {
            Ok(()) => Ok(outcomes),
            // A program that does not take the lock came in between.
            Err(Failure::Sql(error)) if is_taken(&error) => Err(WriteError::IdTaken),
            Err(failure) => Err(self.refuse(failure).await),
        }
    }

    /// The end of a transaction that failed: what is known of it, and of the connection.
    async fn refuse(&mut self, failure: Failure) -> WriteError {
        // Whatever state it is in: the next transaction begins on a new one.
        self.connection = None;
        match failure {
            Failure::Sql(error) if is_lost(&error) => {
                self.database.forget_waiting();
                WriteError::Lost(record_error(OPERATION, error).into())
            }
            Failure::Sql(error) => WriteError::Refused(self.explain(error).await),
            Failure::Refused(error) => WriteError::Refused(error),
        }
    }

    async fn explain(&self, error: Error) -> RecordError {
        self.database.explain(OPERATION, &self.table, error).await
    }
}

#[async_trait]
impl BatchStore for PostgresWriter {
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.begin().await
    }

    async fn write(&mut self, appends: &[Append]) -> Result<Outcomes, WriteError> {
        let mut outcomes = self.outcomes();
        let batch = Batch::from_appends(appends, &mut outcomes);
        match self.commit(&batch).await {
            Ok(()) => Ok(outcomes),
            Err(Failure::Sql(error)) if is_taken(&error) => self.commit_the_rest(appends).await,
            Err(failure) => Err(self.refuse(failure).await),
        }
    }

    async fn unlock(&mut self) {
        let ended = match &self.connection {
            Some(connection) => connection.batch_execute("ROLLBACK").await,
            None => Ok(()),
        };
        if ended.is_err() {
            self.connection = None;
        }
    }

    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<Found>, RecordError> {
        let key = position_number(&self.table, position)?;
        let found = self
            .connection()?
            .query_opt(&self.statements.find, &[&sequence_id, &key])
            .await;
        match found {
            Ok(row) => row
                .map(|row| rows::found(&mut ItemReader::new(&self.table), &row))
                .transpose(),
            Err(error) => Err(self.explain(error).await),
        }
    }

    fn committed(&mut self) {
        self.followers.committed();
    }
}
