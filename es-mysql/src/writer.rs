//! The transactions of the group commit.

use std::sync::Arc;

use async_trait::async_trait;
use es_sql::position_number;
use es_store::kit::{Batch, BatchStore, Found, ItemReader, OpenTable, Outcomes, WriteError};
use es_store::{Append, Notifier, Position, RecordError, RecordId, SequencedItem};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use uuid::Uuid;

use crate::database::Database;
use crate::durable::Durable;
use crate::error::{is_lost, is_taken, record_error};
use crate::form::Form;
use crate::insertion::{Failure, Insertion, Locked, sets, taken};
use crate::rows;
use crate::statements::Statements;

const OPERATION: &str = "append";

/// Writes one table of a database, by a connection of its own.
pub(crate) struct MysqlWriter {
    database: Arc<Database>,
    table: Arc<OpenTable>,
    statements: Arc<Statements>,
    form: Arc<Form>,
    notifier: Arc<Notifier>,
    durable: Arc<Durable>,
    connection: Option<Conn>,
    /// The greatest record id, seen under the lock.
    max_id: Option<RecordId>,
}

impl MysqlWriter {
    pub(crate) fn new(
        database: Arc<Database>,
        table: Arc<OpenTable>,
        statements: Arc<Statements>,
        form: Arc<Form>,
        notifier: Arc<Notifier>,
        durable: Arc<Durable>,
    ) -> Self {
        Self {
            database,
            table,
            statements,
            form,
            notifier,
            durable,
            connection: None,
            max_id: None,
        }
    }

    /// Begins a transaction with the lock, on the connection at hand or, where that turns out to be gone, on a new one.
    async fn begin(&mut self) -> Result<(), RecordError> {
        if let Some(connection) = self.connection.take() {
            match self.begin_on(connection).await {
                Err(error) if is_lost(&error) => {}
                begun => return self.begun(begun).await,
            }
        }
        let connection = self.database.writer(OPERATION).await?;
        let begun = self.begin_on(connection).await;
        self.begun(begun).await
    }

    async fn begin_on(&self, mut connection: Conn) -> Result<(Conn, Locked), Error> {
        let sets = sets(&mut connection, &self.statements.begin).await?;
        let [_, head, max_id] = <[Vec<Row>; 3]>::try_from(sets).unwrap_or_default();
        Ok((connection, Locked { head, max_id }))
    }

    async fn begun(&mut self, begun: Result<(Conn, Locked), Error>) -> Result<(), RecordError> {
        let (connection, locked) = match begun {
            Ok(begun) => begun,
            Err(error) => return Err(self.explain(error).await),
        };
        self.max_id = locked.check(&self.table)?;
        self.connection = Some(connection);
        Ok(())
    }

    fn outcomes(&self) -> Outcomes {
        match self.table.record_id {
            Some(_) => self.max_id.map_or(Outcomes::without_ids(), Outcomes::after),
            None => Outcomes::without_ids(),
        }
    }

    async fn write_batch(&mut self, appends: &[Append]) -> Result<Outcomes, Failure> {
        let mut outcomes = self.outcomes();
        let batch = Batch::from_appends(appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    /// Once more, behind a look at which positions are taken.
    async fn write_the_rest(&mut self, appends: &[Append]) -> Result<Outcomes, Failure> {
        self.unlock().await;
        self.begin().await?;
        let form = self.form.of(&self.database, &self.table).await?;
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        let batch = Batch::from_appends(appends, &mut Outcomes::without_ids());
        let taken = taken(connection, &self.table, &self.statements, form, &batch).await?;
        let mut outcomes = self.outcomes();
        let batch = Batch::without(&taken, appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    async fn commit(&mut self, batch: &Batch<'_>) -> Result<(), Failure> {
        let form = self.form.of(&self.database, &self.table).await?;
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        let insertion = Insertion {
            table: &self.table,
            statements: &self.statements,
            form,
            max_id: self.max_id,
        };
        insertion.run(connection, batch).await?;
        match connection.query_drop("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) if is_lost(&error) => Err(Failure::Lost(record_error(OPERATION, error))),
            Err(error) => Err(error.into()),
        }
    }

    /// The end of a transaction that failed: what is known of it, and of the connection.
    async fn refuse(&mut self, failure: Failure) -> WriteError {
        let refused = match failure {
            Failure::Sql(error) if is_taken(&error) => {
                // A program that does not take the lock came in between.
                self.unlock().await;
                return WriteError::IdTaken;
            }
            Failure::Sql(error) => WriteError::Refused(self.explain(error).await),
            Failure::Refused(error) => WriteError::Refused(error),
            Failure::Lost(error) => WriteError::Lost(error.into()),
        };
        // Whatever state it is in: the next transaction begins on a new one.
        self.connection = None;
        refused
    }

    async fn explain(&self, error: Error) -> RecordError {
        self.database.explain(OPERATION, &self.table, error).await
    }
}

#[async_trait]
impl BatchStore for MysqlWriter {
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.begin().await
    }

    async fn write(&mut self, appends: &[Append]) -> Result<Outcomes, WriteError> {
        let written = match self.write_batch(appends).await {
            Err(Failure::Sql(error)) if is_taken(&error) => self.write_the_rest(appends).await,
            written => written,
        };
        match written {
            Ok(outcomes) => {
                if let Some(next) = outcomes.next_id() {
                    self.durable.up_to(next.get() - 1);
                }
                Ok(outcomes)
            }
            Err(failure) => Err(self.refuse(failure).await),
        }
    }

    async fn unlock(&mut self) {
        let ended = match &mut self.connection {
            Some(connection) => connection.query_drop("ROLLBACK").await,
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
        let form = self.form.of(&self.database, &self.table).await?;
        let key = (
            form.value(sequence_id),
            position_number(&self.table, position)?,
        );
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        let found: Result<Option<Row>, _> = connection.exec_first(&self.statements.find, key).await;
        match found {
            Ok(row) => row
                .map(|row| rows::found(&mut ItemReader::new(&self.table), &row))
                .transpose(),
            Err(error) => Err(self.explain(error).await),
        }
    }

    fn committed(&mut self) {
        self.notifier.notify();
    }
}
