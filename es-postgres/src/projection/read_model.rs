use std::fmt;
use std::sync::Arc;

use deadpool_postgres::{Client, Pool};
use es_sql::ProjectionStatements;
use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError};

use super::tables::{self, STATEMENTS};
use super::transaction::{PostgresTransaction, failed};
use crate::database::Database;
use crate::{PostgresOptions, migrations};

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
    type Tables = ProjectionStatements;

    fn tables(&self) -> &ProjectionStatements {
        &STATEMENTS
    }

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

    async fn commit(&self, transaction: PostgresTransaction) -> Result<(), ReadModelError> {
        Ok(transaction.commit().await?)
    }

    async fn rollback(&self, transaction: PostgresTransaction) -> Result<(), RecordError> {
        transaction.rollback().await
    }

    async fn check(&self, transaction: &mut PostgresTransaction) -> Result<(), ReadModelError> {
        transaction.check().await
    }
}

impl fmt::Debug for PostgresReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresReadModel").finish_non_exhaustive()
    }
}
