use std::fmt;
use std::sync::Arc;

use deadpool_postgres::{Client, Pool};
use es_core::RecordError;
use es_core::infrastructure::RecordId;
use es_core::projection::{Advanced, DeadLetter, LetterQuery, ProjectionRow, ReadModel, Step};
use uuid::Uuid;

use super::tables::STATEMENTS;
use super::transaction::{PostgresTransaction, failed};
use super::{rows, tables};
use crate::PostgresOptions;
use crate::database::Database;
use crate::migrations;

pub(super) const OPERATION: &str = "keep a read model";

/// A database of a `PostgreSQL` server that holds read models: that of the events, or another.
///
/// Handlers of projections into it take a `&mut` [`PostgresTransaction`], and are `async`.
///
/// ```no_run
/// use es_postgres::{PostgresOptions, PostgresReadModel, tokio_postgres::Config};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = Config::new();
/// config.host("localhost").user("app").dbname("shop");
/// let model = PostgresReadModel::open(PostgresOptions::new(config)).await?;
/// let connection = model.connection().await?;
/// connection.batch_execute("CREATE TABLE IF NOT EXISTS balances (owner UUID PRIMARY KEY, cents BIGINT)").await?;
/// let rows = connection.query("SELECT owner, cents FROM balances", &[]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresReadModel(Arc<Database>);

impl PostgresReadModel {
    /// Opens a database: makes a pool, and a first connection, so that a wrong address is found out now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the server refuses the user, the password or the database;
    /// [`RecordError::Unavailable`] where it cannot be reached or has no connection left.
    pub async fn open(options: PostgresOptions) -> Result<Self, RecordError> {
        Ok(Self(Arc::new(Database::open(options).await?)))
    }

    /// Takes a pool that the program made itself, and shares it.
    #[must_use]
    pub fn from_pool(pool: Pool) -> Self {
        Self(Arc::new(Database::from_pool(pool)))
    }

    /// A connection of the pool: to read, or to make the tables of the read model.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] where none can be had in time.
    pub async fn connection(&self) -> Result<Client, RecordError> {
        self.0.client(OPERATION).await
    }
}

impl ReadModel for PostgresReadModel {
    type Transaction = PostgresTransaction;

    async fn setup(&self) -> Result<(), RecordError> {
        let client = self.connection().await?;
        let row = client.query_one(tables::ARE_THERE, &[]).await;
        if row.map_err(failed)?.get(0) {
            return Ok(());
        }
        let made = async {
            client.batch_execute(migrations::BEGIN).await?;
            client.batch_execute(tables::SETUP).await
        };
        migrations::end(&client, made.await).await
    }

    async fn begin(&self) -> Result<PostgresTransaction, RecordError> {
        PostgresTransaction::begin(&self.0).await
    }

    async fn commit(&self, transaction: PostgresTransaction) -> Result<(), RecordError> {
        transaction.commit().await
    }

    async fn rollback(&self, transaction: PostgresTransaction) -> Result<(), RecordError> {
        transaction.rollback().await
    }

    async fn check(&self, transaction: &mut PostgresTransaction) -> Result<(), RecordError> {
        transaction.check().await
    }

    async fn insert(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
    ) -> Result<(), RecordError> {
        rows::run(transaction, STATEMENTS.insert(name))
            .await
            .map(drop)
    }

    async fn lock(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
    ) -> Result<Option<ProjectionRow>, RecordError> {
        let rows = rows::all(transaction, STATEMENTS.row(name), rows::projection).await;
        rows.map(|mut rows| rows.pop())
    }

    async fn put(
        &self,
        transaction: &mut PostgresTransaction,
        row: &ProjectionRow,
    ) -> Result<(), RecordError> {
        rows::run(transaction, STATEMENTS.put(row)).await.map(drop)
    }

    async fn advance(
        &self,
        transaction: &mut PostgresTransaction,
        step: &Step<'_>,
    ) -> Result<Advanced, RecordError> {
        let changed = rows::run(transaction, STATEMENTS.advance(step)).await?;
        Ok(Advanced::by(changed))
    }

    async fn rows(
        &self,
        transaction: &mut PostgresTransaction,
    ) -> Result<Vec<ProjectionRow>, RecordError> {
        rows::all(transaction, STATEMENTS.rows(), rows::projection).await
    }

    async fn rename(
        &self,
        transaction: &mut PostgresTransaction,
        from: &str,
        to: &str,
    ) -> Result<(), RecordError> {
        for statement in STATEMENTS.rename(from, to) {
            rows::run(transaction, statement).await?;
        }
        Ok(())
    }

    async fn remove(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
    ) -> Result<(), RecordError> {
        for statement in STATEMENTS.remove(name) {
            rows::run(transaction, statement).await?;
        }
        Ok(())
    }

    async fn letters(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
        query: &LetterQuery,
    ) -> Result<Vec<DeadLetter>, RecordError> {
        rows::all(transaction, STATEMENTS.letters(name, query), rows::letter).await
    }

    async fn parked(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
    ) -> Result<Vec<Uuid>, RecordError> {
        rows::all(transaction, STATEMENTS.parked(name), rows::aggregate).await
    }

    async fn put_letters(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
        letters: &[DeadLetter],
    ) -> Result<(), RecordError> {
        for letter in letters {
            rows::run(transaction, STATEMENTS.put_letter(name, letter)).await?;
        }
        Ok(())
    }

    async fn remove_letter(
        &self,
        transaction: &mut PostgresTransaction,
        name: &str,
        position: RecordId,
    ) -> Result<(), RecordError> {
        let removed = rows::run(transaction, STATEMENTS.remove_letter(name, position)).await;
        removed.map(drop)
    }
}

impl fmt::Debug for PostgresReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresReadModel").finish_non_exhaustive()
    }
}
