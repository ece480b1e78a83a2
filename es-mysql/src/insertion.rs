//! The statements of a transaction, whosever it is.

use std::collections::HashSet;

use es_store::kit::{Batch, StatementSize};
use es_store::{Position, RecordError, RecordId, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Error, Row};
use uuid::Uuid;

use crate::database::no_lock;
use crate::rows::{self, IdForm};
use crate::statements::Statements;

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
    // An error of a later statement comes here.
    result.drop_result().await?;
    Ok(sets)
}

/// Why an append did not come to its end.
#[derive(Debug)]
pub(crate) enum Failure {
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

/// Writes batches, under the lock.
pub(crate) struct Insertion<'s> {
    pub(crate) table: &'s Table,
    pub(crate) statements: &'s Statements,
    pub(crate) form: IdForm,
    /// The greatest record id, of a table that has them.
    pub(crate) max_id: Option<RecordId>,
}

impl Insertion<'_> {
    pub(crate) async fn run(
        &self,
        connection: &mut impl Queryable,
        batch: &Batch<'_>,
    ) -> Result<(), Failure> {
        let mut id = self.max_id.map(RecordId::get);
        for items in batch.statements(STATEMENT) {
            let mut parameters = Vec::with_capacity(items.len());
            for item in items {
                id = id.map(|id| id + 1);
                let id = id.map(RecordId::new);
                parameters.push(rows::parameters(self.table, item, self.form, id)?);
            }
            let insert = &self.statements.insert;
            connection.exec_batch(insert, parameters).await?;
        }
        Ok(())
    }
}

/// Which positions of a batch are taken.
pub(crate) async fn taken(
    connection: &mut impl Queryable,
    table: &Table,
    statements: &Statements,
    form: IdForm,
    batch: &Batch<'_>,
) -> Result<HashSet<(Uuid, Position)>, Failure> {
    let mut taken = HashSet::new();
    for items in batch.statements(KEYS) {
        let rows: Vec<Row> = connection
            .query(statements.taken(table, items, form)?)
            .await?;
        for row in &rows {
            taken.insert(rows::key(table, row)?);
        }
    }
    Ok(taken)
}
