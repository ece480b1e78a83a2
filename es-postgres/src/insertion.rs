//! The statements of a transaction, whosever it is.

use std::collections::HashSet;

use es_store::kit::{Batch, StatementSize};
use es_store::{Position, RecordError, RecordId, SequencedItem, Table};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, GenericClient, Statement};
use uuid::Uuid;

use crate::rows::{self, Columns};
use crate::statements::Statements;

/// How much goes into one statement: the server takes a gibibyte, and keeps what it takes in memory.
const STATEMENT: StatementSize = StatementSize {
    rows: 10_000,
    bytes: 16 << 20,
};

/// Why an append did not come to its end.
pub(crate) enum Failure {
    Sql(Error),
    Refused(RecordError),
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
pub(crate) struct Insertion<'c, C> {
    pub(crate) client: &'c C,
    pub(crate) table: &'c Table,
    pub(crate) insert: &'c Statement,
    /// The greatest record id, of a table that has them.
    pub(crate) max_id: Option<RecordId>,
}

/// Whether a batch goes into one statement.
pub(crate) fn is_one_statement(batch: &Batch<'_>) -> bool {
    batch.statements(STATEMENT).nth(1).is_none()
}

impl<C: GenericClient + Sync> Insertion<'_, C> {
    /// One statement after the other, and none behind one that failed.
    pub(crate) async fn run(&self, batch: &Batch<'_>) -> Result<(), Failure> {
        let mut before = self.max_id;
        for items in batch.statements(STATEMENT) {
            self.piece(items, before).await?;
            before = before.map(|id| RecordId::new(id.get() + items.len() as u64));
        }
        Ok(())
    }

    async fn piece(
        &self,
        items: &[&SequencedItem],
        before: Option<RecordId>,
    ) -> Result<(), Failure> {
        let columns = Columns::of(self.table, items)?;
        let before = before.map(|id| i64::try_from(id.get()).unwrap_or(i64::MAX));
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![
            &columns.sequences,
            &columns.positions,
            &columns.topics,
            &columns.data,
        ];
        parameters.extend(before.as_ref().map(|before| before as &(dyn ToSql + Sync)));
        self.client.execute(self.insert, &parameters).await?;
        Ok(())
    }
}

/// Which positions of the items are taken.
pub(crate) async fn taken(
    client: &impl GenericClient,
    table: &Table,
    statements: &Statements,
    items: &[&SequencedItem],
) -> Result<HashSet<(Uuid, Position)>, Failure> {
    let columns = Columns::of(table, items)?;
    let rows = client
        .query(&statements.taken, &[&columns.sequences, &columns.positions])
        .await?;
    let keys: Result<_, RecordError> = rows.iter().map(|row| rows::key(table, row)).collect();
    Ok(keys?)
}
