//! A database of a `PostgreSQL` server: its pool of connections.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Pool, Runtime};
use es_sql::server::{Server, ServerTable};
use es_sql::{Database, FromPool, connect};
use es_store::{Driver, RecordError};
use tokio::time::timeout;
use tokio_postgres::Config;

use crate::connection::PostgresConnection;
use crate::connector::Connector;
use crate::error::{pool_error, sql_error};
use crate::options::TIMEOUT;
use crate::session::PostgresSession;
use crate::statements::Statements;
use crate::table_state::Followers;
use crate::{Notify, PostgresOptions};

es_store::inventory::submit! {
    Driver::new(&["postgresql", "postgres"], connect::<Postgres>)
}

/// A database of a `PostgreSQL` server.
pub struct Postgres {
    pool: Pool,
    timeout: Duration,
    notify: Notify,
    /// The server, for connections outside the pool. `None` if the pool is the caller's.
    server: Option<(Config, Connector)>,
}

impl Postgres {
    pub(crate) const fn notify(&self) -> Notify {
        self.notify
    }

    pub(crate) fn server(&self) -> Option<(Config, Connector)> {
        self.server.clone()
    }

    /// Opens a connection outside the pool. With a caller's pool, takes one out of it.
    async fn new_client(&self, operation: &'static str) -> Result<ClientWrapper, RecordError> {
        let Some((config, connector)) = &self.server else {
            let connection = self.connection(operation).await?;
            return Ok(connection.take());
        };
        let connecting = connector.connect(config, Box::new(|_| ()));
        let (client, task) = timeout(self.timeout, connecting)
            .await
            .map_err(|late| RecordError::Unavailable {
                source: late.into(),
            })?
            .map_err(|error| sql_error(error).into_record_error(operation))?;
        Ok(ClientWrapper::new(client, task))
    }
}

impl Database for Postgres {
    type Options = PostgresOptions;
    type Table = ServerTable<Self>;

    async fn open(options: PostgresOptions) -> Result<Self, RecordError> {
        const OPERATION: &str = "open the database";
        let connector = Connector::new(&options.tls)?;
        let mut config = options.config;
        connector.configure(&mut config);
        let pool = Pool::builder(connector.clone().manager(config.clone()))
            .max_size(options.connections.max(1))
            .wait_timeout(Some(options.timeout))
            .create_timeout(Some(options.timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| RecordError::Backend {
                operation: OPERATION,
                source: error.into(),
            })?;
        let this = Self {
            pool,
            timeout: options.timeout,
            notify: options.notify,
            server: Some((config, connector)),
        };
        // A wrong address or password is reported now.
        this.connection(OPERATION).await?.keep();
        Ok(this)
    }

    async fn close(self: Arc<Self>) -> Result<(), RecordError> {
        if self.server.is_some() {
            self.pool.close();
        }
        Ok(())
    }
}

impl FromPool for Postgres {
    type Pool = Pool;

    fn from_pool(pool: Pool) -> Self {
        Self {
            pool,
            timeout: TIMEOUT,
            notify: Notify::default(),
            server: None,
        }
    }
}

impl Server for Postgres {
    type Connection = PostgresConnection;
    type Session<'c> = PostgresSession<'c>;
    type Statements = Statements;
    type TableState = Followers;

    fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn connection(&self, operation: &'static str) -> Result<PostgresConnection, RecordError> {
        match self.pool.get().await {
            Ok(client) => Ok(PostgresConnection::new(client)),
            Err(error) => Err(pool_error(operation, error)),
        }
    }

    fn session(connection: &mut PostgresConnection) -> PostgresSession<'_> {
        PostgresSession::Pooled(connection)
    }

    fn keep(connection: PostgresConnection) {
        connection.keep();
    }

    fn discard(connection: PostgresConnection) {
        drop(connection.take());
    }

    fn forget_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    async fn connect_writer(
        &self,
        operation: &'static str,
    ) -> Result<PostgresSession<'static>, RecordError> {
        let client = self.new_client(operation).await?;
        // With a plan made for the first batch, the server may read a small table whole for each
        // row of a later one.
        let settings = format!(
            "SET plan_cache_mode = force_generic_plan; SET lock_timeout = {}; SELECT set_config('synchronous_commit', \
             'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            self.timeout.as_millis().max(1)
        );
        client
            .batch_execute(&settings)
            .await
            .map_err(|error| sql_error(error).into_record_error(operation))?;
        Ok(PostgresSession::Owned(client))
    }
}
