//! The connections of one database.

use std::time::Duration;

use es_store::{RecordError, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder, Pool};
use tokio::time::timeout;

use crate::connections::{Connection, Connections};
use crate::error::{is_of_schema, record_error, too_late};
use crate::options::PATIENCE;
use crate::{MysqlOptions, schema};

/// One database: a pool of connections that read, and how to make those that write.
pub(crate) struct Database {
    connections: Connections,
    patience: Duration,
    /// None of a pool that was passed in: its connections know.
    server: Option<Opts>,
}

impl Database {
    pub(crate) async fn open(options: MysqlOptions) -> Result<Self, RecordError> {
        #[cfg(feature = "tls")]
        if options.server.ssl_opts().is_some() {
            choose_cryptography();
        }
        let this = Self {
            connections: Connections::to(options.server.clone(), options.connections),
            patience: options.patience,
            server: Some(options.server),
        };
        // What is wrong with the address or the password is found out now.
        this.connection("open the database").await?.keep();
        Ok(this)
    }

    /// With connections that are set up to write, all of them, and say of an update how many rows it found.
    pub(crate) async fn open_to_write(options: MysqlOptions) -> Result<Self, RecordError> {
        let mut setup = options.server.setup().to_vec();
        setup.push(settings(options.patience));
        let server = OptsBuilder::from_opts(options.server)
            .setup(setup)
            .client_found_rows(true)
            .into();
        Self::open(MysqlOptions { server, ..options }).await
    }

    pub(crate) fn from_pool(pool: Pool) -> Self {
        Self {
            connections: Connections::Passed(pool),
            patience: PATIENCE,
            server: None,
        }
    }

    pub(crate) const fn patience(&self) -> Duration {
        self.patience
    }

    /// A connection to read by.
    pub(crate) async fn connection(
        &self,
        operation: &'static str,
    ) -> Result<Connection, RecordError> {
        timeout(self.patience, self.connections.take())
            .await
            .map_err(too_late)?
            .map_err(|error| record_error(operation, error))
    }

    /// A connection of its own, set up to write.
    pub(crate) async fn writer(&self, operation: &'static str) -> Result<Conn, RecordError> {
        let server = match &self.server {
            Some(server) => server.clone(),
            None => self.connection(operation).await?.opts().clone(),
        };
        let connecting = async {
            let mut connection = Conn::new(server).await?;
            connection.query_drop(settings(self.patience)).await?;
            Ok(connection)
        };
        timeout(self.patience, connecting)
            .await
            .map_err(too_late)?
            .map_err(|error| record_error(operation, error))
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
        let mut connection = match self.connection(operation).await {
            Ok(connection) => connection,
            Err(error) => return error,
        };
        let checked = schema::check(&mut *connection, table).await;
        match connection.keep_if_ok(checked) {
            Err(schema) => schema,
            Ok(_) => without_a_lock(table, operation, error),
        }
    }

    /// A connection turned out to be gone.
    pub(crate) fn forget_waiting(&self) {
        self.connections.forget_waiting();
    }

    pub(crate) fn close(&self) {
        self.connections.close();
    }
}

/// What a session is set to that writes.
fn settings(patience: Duration) -> String {
    // Without the strict mode a text that is too long is cut off.
    format!(
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION innodb_lock_wait_timeout = {}, sql_mode \
         = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
        patience.as_secs().max(1)
    )
}

/// The driver takes what the process has chosen, and panics where nobody chose and the program has several.
#[cfg(feature = "tls")]
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else may choose at this moment, which is as good.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
    }
}

/// A table that is right, and still a name is not known: it can only be that of the table of locks.
fn without_a_lock(table: &Table, operation: &'static str, error: Error) -> RecordError {
    match error {
        Error::Server(error) if error.code == 1146 => no_lock(table),
        error => record_error(operation, error),
    }
}

/// A table that was made by somebody else, and has no row in `es_tables` yet.
pub(crate) fn no_lock(table: &Table) -> RecordError {
    RecordError::Schema {
        table: table.name.clone().into_owned(),
        reason: "it has no lock in `es_tables`; `setup` makes it".to_owned(),
    }
}
