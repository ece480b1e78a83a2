//! Read models in a database on a server, and the positions of the projections that fill them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError};

use super::migrations::end_setup;
use super::session::{SchemaSession, Session};
use super::transaction::SqlTransaction;
use super::{Checkout, Server};
use crate::rows::RowsBy;
use crate::{FromPool, ProjectionStatements, SqlResult, Statement};

pub(super) const OPERATION: &str = "access the read model";

/// A server with databases that can hold read models.
pub trait ReadModelServer: Server {
    /// The driver's connection, as handlers use it.
    type Client;

    /// Counts the tables `es_projections` and `es_dead_letters`.
    const COUNT_PROJECTION_TABLES: &'static str;

    /// Creates the two tables and their indexes if they are missing.
    const CREATE_PROJECTION_TABLES: &'static str;

    /// Checks before the commit that the transaction is still the one that was begun: releases the
    /// savepoint `es_projection`. `None` if the commit does so.
    const CHECK: Option<&'static str>;

    /// Commits.
    const COMMIT: &'static str;

    /// Rolls back.
    const ROLLBACK: &'static str;

    /// Returns the statements on the two tables.
    fn projection_statements() -> &'static ProjectionStatements;

    /// Opens a database with connections that can write.
    fn open_to_write(
        options: Self::Options,
    ) -> impl Future<Output = Result<Self, RecordError>> + Send;

    /// Returns the statements that begin a transaction and set the savepoint `es_projection`.
    fn begin(&self) -> Cow<'static, str>;

    /// Returns the driver's connection.
    fn client(connection: &Self::Connection) -> &Self::Client;
}

/// A server with read models that can share the caller's pool.
pub trait ReadModelFromPool: ReadModelServer + FromPool {}

/// A database on a server that holds read models: that of the events, or another. Clones share its
/// connections.
pub struct SqlReadModel<D>(Arc<D>);

impl<D: ReadModelServer> SqlReadModel<D> {
    /// Opens a database, with a first connection so that wrong options are reported now.
    ///
    /// # Errors
    ///
    /// [`RecordError::Backend`] if the server refuses the user, the password or the database;
    /// [`RecordError::Unavailable`] if it cannot be reached or has no connection left.
    pub async fn open(options: D::Options) -> Result<Self, RecordError> {
        Ok(Self(Arc::new(D::open_to_write(options).await?)))
    }

    /// Takes a connection of the pool, to read or to create the tables of the read model.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] if none is available in time.
    pub async fn connection(&self) -> Result<D::Connection, RecordError> {
        self.0.connection(OPERATION).await
    }

    async fn create_tables(&self, session: &mut D::Session<'_>) -> SqlResult {
        let count = Statement::new(D::COUNT_PROJECTION_TABLES, []);
        let counted = session
            .query(count, RowsBy(|row| Ok(row.number(0))))
            .await?;
        // A program without the right to create tables can use existing ones.
        if counted.first() == Some(&Some(2)) {
            return Ok(());
        }
        session.begin_setup(self.0.timeout()).await?;
        let created = session.execute(D::CREATE_PROJECTION_TABLES).await;
        end_setup(session, created).await
    }
}

impl<D: ReadModelFromPool> SqlReadModel<D> {
    /// Uses the caller's pool.
    #[must_use]
    pub fn from_pool(pool: D::Pool) -> Self {
        Self(Arc::new(D::from_pool(pool)))
    }
}

impl<D: ReadModelServer> ReadModel for SqlReadModel<D> {
    type Transaction = SqlTransaction<D>;
    type Tables = ProjectionStatements;

    fn tables(&self) -> &ProjectionStatements {
        D::projection_statements()
    }

    async fn setup(&self) -> Result<(), RecordError> {
        let mut connection = Checkout::take(&*self.0, OPERATION).await?;
        let created = self.create_tables(&mut connection.session()).await;
        let created = connection.keep_if_ok(created);
        created.map_err(|error| error.into_record_error(OPERATION))
    }

    async fn begin(&self) -> Result<SqlTransaction<D>, RecordError> {
        SqlTransaction::begin(&*self.0).await
    }

    async fn commit(&self, transaction: SqlTransaction<D>) -> Result<(), ReadModelError> {
        transaction.commit().await
    }

    async fn rollback(&self, transaction: SqlTransaction<D>) -> Result<(), RecordError> {
        transaction.rollback().await
    }

    async fn check(&self, transaction: &mut SqlTransaction<D>) -> Result<(), ReadModelError> {
        transaction.check().await
    }
}

impl<D> Clone for SqlReadModel<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D> fmt::Debug for SqlReadModel<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlReadModel").finish_non_exhaustive()
    }
}
