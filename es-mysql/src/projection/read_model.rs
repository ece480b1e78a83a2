use std::fmt;
use std::sync::Arc;

use es_sql::ProjectionStatements;
use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError};
use mysql_async::prelude::Queryable;

use super::tables::{self, STATEMENTS};
use super::transaction::{MysqlTransaction, failed};
use crate::connections::Connection;
use crate::database::Database;
use crate::{MysqlOptions, migrations};

pub(super) const OPERATION: &str = "keep a read model";

/// A database of a `MySQL` or `MariaDB` server that holds read models, in tables of `InnoDB`: that of the events, or another.
///
/// Handlers of projections into it take a `&mut` [`MysqlTransaction`], and are `async`. Its connections say of an update how
/// many rows it found, those included that were so already, as other databases do.
///
/// Here a table cannot be renamed in a transaction. A rebuild that takes the place of what is live
/// ([`switch`](es_projection::Projections::switch)) copies rows, or writes into a table of one's own which table is to
/// be read.
///
/// ```no_run
/// use es_mysql::mysql_async::{OptsBuilder, prelude::Queryable};
/// use es_mysql::{MysqlOptions, MysqlReadModel};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let server = OptsBuilder::default().user(Some("app")).db_name(Some("shop"));
/// let model = MysqlReadModel::open(MysqlOptions::new(server.into())).await?;
/// let mut connection = model.connection().await?;
/// connection.query_drop("CREATE TABLE IF NOT EXISTS balances (owner CHAR(36) PRIMARY KEY, cents BIGINT)").await?;
/// let rows: Vec<(String, i64)> = connection.query("SELECT owner, cents FROM balances").await?;
/// connection.keep();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MysqlReadModel(Arc<Database>);

impl MysqlReadModel {
    /// Opens a database: makes a first connection, so that a wrong address is found out now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] where the server refuses the user, the password or the database;
    /// [`RecordError::Unavailable`] where it cannot be reached or has no connection left.
    pub async fn open(options: MysqlOptions) -> Result<Self, RecordError> {
        Ok(Self(Arc::new(Database::open_to_write(options).await?)))
    }

    /// A connection: to read, or to make the tables of the read model. [`keep`](crate::MysqlConnection::keep) gives it back.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] where none can be had in time.
    pub async fn connection(&self) -> Result<Connection, RecordError> {
        self.0.connection(OPERATION).await
    }
}

impl ReadModel for MysqlReadModel {
    type Transaction = MysqlTransaction;
    type Tables = ProjectionStatements;

    fn tables(&self) -> &ProjectionStatements {
        &STATEMENTS
    }

    async fn setup(&self) -> Result<(), RecordError> {
        let mut connection = self.connection().await?;
        let there: Option<u64> = connection
            .query_first(tables::HOW_MANY)
            .await
            .map_err(failed)?;
        if there != Some(2) {
            migrations::take_turn(&mut connection, self.0.timeout()).await?;
            let made = connection.query_drop(tables::SETUP).await;
            migrations::end_turn(&mut connection).await;
            made.map_err(failed)?;
        }
        connection.keep();
        Ok(())
    }

    async fn begin(&self) -> Result<MysqlTransaction, RecordError> {
        MysqlTransaction::begin(&self.0).await
    }

    async fn commit(&self, transaction: MysqlTransaction) -> Result<(), ReadModelError> {
        transaction.commit().await
    }

    async fn rollback(&self, transaction: MysqlTransaction) -> Result<(), RecordError> {
        transaction.rollback().await
    }
}

impl fmt::Debug for MysqlReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlReadModel").finish_non_exhaustive()
    }
}
