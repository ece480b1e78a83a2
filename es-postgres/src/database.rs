//! The connections of one database.

use std::time::Duration;

use deadpool_postgres::{Client, ClientWrapper, Object, Pool, Runtime};
use es_store::{RecordError, Table};
use tokio::time::timeout;
use tokio_postgres::{Config, Error};

use crate::error::{is_of_schema, pool_error, record_error};
use crate::options::PATIENCE;
use crate::tls::Connector;
use crate::{Notify, PostgresOptions, schema};

/// One database: a pool of connections, and how to make those that listen.
pub(crate) struct Database {
    pool: Pool,
    patience: Duration,
    notify: Notify,
    /// Where connections outside the pool are made to. None of a pool that was passed in.
    server: Option<(Config, Connector)>,
}

impl Database {
    pub(crate) async fn open(options: PostgresOptions) -> Result<Self, RecordError> {
        let connector = Connector::of(&options.tls)?;
        let mut config = options.config;
        connector.configure(&mut config);
        let pool = Pool::builder(connector.clone().manager(config.clone()))
            .max_size(options.connections.max(1))
            .wait_timeout(Some(options.patience))
            .create_timeout(Some(options.patience))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| RecordError::Backend {
                operation: "open the database",
                source: error.into(),
            })?;
        let this = Self {
            pool,
            patience: options.patience,
            notify: options.notify,
            server: Some((config, connector)),
        };
        // What is wrong with the address or the password is found out now.
        drop(this.client("open the database").await?);
        Ok(this)
    }

    pub(crate) fn from_pool(pool: Pool) -> Self {
        Self {
            pool,
            patience: PATIENCE,
            notify: Notify::default(),
            server: None,
        }
    }

    pub(crate) const fn notify(&self) -> Notify {
        self.notify
    }

    pub(crate) const fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) fn server(&self) -> Option<(Config, Connector)> {
        self.server.clone()
    }

    /// A connection of the pool.
    pub(crate) async fn client(&self, operation: &'static str) -> Result<Client, RecordError> {
        let client = self.pool.get().await;
        client.map_err(|error| pool_error(operation, error))
    }

    /// A connection turned out to be gone: it leaves the pool, and those that wait there have likely gone with it.
    pub(crate) fn forget(&self, client: Client) {
        drop(Object::take(client));
        self.forget_waiting();
    }

    pub(crate) fn forget_waiting(&self) {
        self.pool.retain(|_, _| false);
    }

    /// A connection of its own, set up to write.
    pub(crate) async fn writer(
        &self,
        operation: &'static str,
    ) -> Result<ClientWrapper, RecordError> {
        let client = self.new_client(operation).await?;
        // A plan made for one batch fits no other: with it a small table may be read whole for each row.
        let settings = format!(
            "SET plan_cache_mode = force_generic_plan; SET lock_timeout = {}; SELECT set_config('synchronous_commit', \
             'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            self.patience.as_millis().max(1)
        );
        client
            .batch_execute(&settings)
            .await
            .map_err(|error| record_error(operation, error))?;
        Ok(client)
    }

    /// A connection that is new, whatever those of the pool have been through. Of a pool that was passed in it is taken
    /// from there.
    async fn new_client(&self, operation: &'static str) -> Result<ClientWrapper, RecordError> {
        let Some((config, connector)) = &self.server else {
            return self.client(operation).await.map(Object::take);
        };
        let connecting = connector.connect(config, Box::new(|_| ()));
        let (client, task) = timeout(self.patience, connecting)
            .await
            .map_err(|late| RecordError::Unavailable {
                source: late.into(),
            })?
            .map_err(|error| record_error(operation, error))?;
        Ok(ClientWrapper::new(client, task))
    }

    /// What an error means. Where the server does not know a name of ours, the table is not what it should be.
    pub(crate) async fn explain(
        &self,
        operation: &'static str,
        table: &Table,
        error: Error,
    ) -> RecordError {
        if !is_of_schema(&error) {
            return record_error(operation, error);
        }
        let checked = match self.client(operation).await {
            Ok(client) => schema::check(&client, table).await,
            Err(error) => return error,
        };
        match checked {
            Err(schema) => schema,
            Ok(()) => record_error(operation, error),
        }
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}
