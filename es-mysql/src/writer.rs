//! The transactions of the group commit.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::group_commit::{
    Batch, BatchStore, Found, Outcomes, StatementSize, WriteError,
};
use es_core::infrastructure::{Alarm, Position, RecordId, SequencedItem, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Row};
use uuid::Uuid;

use crate::database::{Database, no_lock};
use crate::error::{is_lost, is_taken, record_error};
use crate::form::Form;
use crate::rows::{self, IdForm, position_value};
use crate::statements::Statements;

const OPERATION: &str = "append";

/// How much goes into one statement of a batch; the driver cuts it where the server takes less.
const STATEMENT: StatementSize = StatementSize {
    rows: 10_000,
    bytes: 4 << 20,
};

/// How many keys are looked for by one statement.
const KEYS: StatementSize = StatementSize {
    rows: 500,
    bytes: usize::MAX,
};

/// Writes one table of a database, by a connection of its own.
pub(crate) struct MysqlWriter {
    database: Arc<Database>,
    table: Table,
    statements: Arc<Statements>,
    form: Arc<Form>,
    alarm: Arc<Alarm>,
    connection: Option<Conn>,
    /// The greatest record id, seen under the lock.
    max_id: Option<RecordId>,
}

impl MysqlWriter {
    pub(crate) fn new(
        database: Arc<Database>,
        table: Table,
        statements: Arc<Statements>,
        form: Arc<Form>,
        alarm: Arc<Alarm>,
    ) -> Self {
        Self {
            database,
            table,
            statements,
            form,
            alarm,
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

    async fn write_batch(&mut self, appends: &[Vec<SequencedItem>]) -> Result<Outcomes, Failure> {
        let mut outcomes = self.outcomes();
        let batch = Batch::of_all(appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    /// Once more, behind a look at which positions are taken.
    async fn write_the_rest(
        &mut self,
        appends: &[Vec<SequencedItem>],
    ) -> Result<Outcomes, Failure> {
        self.unlock().await;
        self.begin().await?;
        let form = self.form.of(&self.database, &self.table).await?;
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        let taken = taken(connection, &self.table, &self.statements, form, appends).await?;
        let mut outcomes = self.outcomes();
        let batch = Batch::without(&taken, appends, &mut outcomes);
        self.commit(&batch).await?;
        Ok(outcomes)
    }

    async fn commit(&mut self, batch: &Batch<'_>) -> Result<(), Failure> {
        let form = self.form.of(&self.database, &self.table).await?;
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        insert(connection, &self.statements, form, self.max_id, batch).await?;
        match connection.query_drop("COMMIT").await {
            Ok(()) => Ok(()),
            Err(error) if is_lost(&error) => {
                Err(Failure::Lost(record_error(OPERATION, error)))
            }
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

/// Why a transaction did not come to its end.
#[derive(Debug)]
enum Failure {
    /// A statement before the commit failed: nothing was written.
    Sql(Error),
    Refused(RecordError),
    /// The commit has no answer.
    Lost(RecordError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sql(error)
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Refused(error)
    }
}

#[async_trait]
impl BatchStore for MysqlWriter {
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.begin().await
    }

    async fn write(&mut self, appends: &[Vec<SequencedItem>]) -> Result<Outcomes, WriteError> {
        let written = match self.write_batch(appends).await {
            Err(Failure::Sql(error)) if is_taken(&error) => self.write_the_rest(appends).await,
            written => written,
        };
        match written {
            Ok(outcomes) => {
                self.alarm.ring();
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
        let key = (form.value(sequence_id), position_value(position));
        let connection = self.connection.as_mut().ok_or(RecordError::Closed)?;
        let found: Result<Option<Row>, _> = connection.exec_first(&self.statements.find, key).await;
        match found {
            Ok(row) => row.map(|row| rows::found(&self.table, &row)).transpose(),
            Err(error) => Err(self.explain(error).await),
        }
    }
}

/// What was read by a statement that takes the lock.
pub(crate) struct Locked {
    pub(crate) head: Vec<Row>,
    pub(crate) max_id: Vec<Row>,
}

impl Locked {
    /// Checks that the lock was there to be taken. Answers with the greatest record id.
    pub(crate) fn check(&self, table: &Table) -> Result<Option<RecordId>, RecordError> {
        if self.head.is_empty() {
            return Err(no_lock(table));
        }
        match table.record_id {
            Some(_) => rows::max_id(table, &self.max_id).map(Some),
            None => Ok(None),
        }
    }
}

/// Runs several statements, sent in one packet. Answers with the rows of each.
pub(crate) async fn sets(
    connection: &mut impl Queryable,
    statements: &str,
) -> Result<Vec<Vec<Row>>, Error> {
    let mut result = connection.query_iter(statements).await?;
    let mut sets = vec![result.collect().await?];
    while !result.is_empty() {
        sets.push(result.collect().await?);
    }
    Ok(sets)
}

/// Inserts a batch, in the transaction at hand.
pub(crate) async fn insert(
    connection: &mut impl Queryable,
    statements: &Statements,
    form: IdForm,
    max_id: Option<RecordId>,
    batch: &Batch<'_>,
) -> Result<(), Error> {
    let mut id = max_id.map(RecordId::get);
    for items in batch.statements(STATEMENT) {
        let mut parameters = Vec::with_capacity(items.len());
        for item in items {
            id = id.map(|id| id + 1);
            parameters.push(rows::parameters(item, form, id.map(RecordId::new)));
        }
        connection
            .exec_batch(&statements.insert, parameters)
            .await?;
    }
    Ok(())
}

/// Which positions of the appends are taken.
pub(crate) async fn taken(
    connection: &mut impl Queryable,
    table: &Table,
    statements: &Statements,
    form: IdForm,
    appends: &[Vec<SequencedItem>],
) -> Result<HashSet<(Uuid, Position)>, Error> {
    let batch = Batch::of_all(appends, &mut Outcomes::without_ids());
    let mut taken = HashSet::new();
    for items in batch.statements(KEYS) {
        let rows: Vec<Row> = connection.query(statements.taken(items, form)).await?;
        taken.extend(rows.iter().filter_map(|row| rows::key(table, row).ok()));
    }
    Ok(taken)
}
