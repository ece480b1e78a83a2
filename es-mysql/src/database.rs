//! A database of a `MySQL` or `MariaDB` server: its connections.

use std::sync::Arc;
use std::time::Duration;

use es_sql::server::{Server, ServerTable};
use es_sql::{Database, DriverError, ErrorKind, FromPool, SqlError, connect};
use es_store::{Driver, RecordError, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, Pool};
use tokio::time::timeout;

use crate::MysqlOptions;
use crate::connections::{Connection, Connections};
use crate::error::sql_error;
use crate::options::TIMEOUT;
use crate::session::MysqlSession;
use crate::statements::Statements;
use crate::table_state::TableState;

es_store::inventory::submit! {
    Driver::new(&["mysql", "mariadb"], connect::<Mysql>)
}

/// A database of a `MySQL` or `MariaDB` server.
pub struct Mysql {
    connections: Connections,
    timeout: Duration,
    /// The server, for connections that write. `None` if the pool is the caller's: its connections
    /// have the options.
    server: Option<Opts>,
}

impl Mysql {
    async fn in_time<T>(
        &self,
        operation: &'static str,
        connecting: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, RecordError> {
        timeout(self.timeout, connecting)
            .await
            .map_err(DriverError::no_connection)?
            .map_err(|error| sql_error(error).into_record_error(operation))
    }
}

impl Database for Mysql {
    type Options = MysqlOptions;
    type Table = ServerTable<Self>;

    async fn open(options: MysqlOptions) -> Result<Self, RecordError> {
        #[cfg(feature = "tls")]
        if options.server.ssl_opts().is_some() {
            install_crypto_provider();
        }
        let this = Self {
            connections: Connections::new(options.server.clone(), options.connections),
            timeout: options.timeout,
            server: Some(options.server),
        };
        // A wrong address or password is reported now.
        this.connection("open the database").await?.keep();
        Ok(this)
    }

    async fn close(self: Arc<Self>) -> Result<(), RecordError> {
        self.connections.close();
        Ok(())
    }
}

impl FromPool for Mysql {
    type Pool = Pool;

    fn from_pool(pool: Pool) -> Self {
        Self {
            connections: Connections::Shared(pool),
            timeout: TIMEOUT,
            server: None,
        }
    }
}

impl Server for Mysql {
    type Connection = Connection;
    type Session<'c> = MysqlSession<'c, 'static>;
    type Statements = Statements;
    type TableState = TableState;

    fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn connection(&self, operation: &'static str) -> Result<Connection, RecordError> {
        self.in_time(operation, self.connections.take()).await
    }

    fn session(connection: &mut Connection) -> MysqlSession<'_, 'static> {
        MysqlSession::new(&mut **connection)
    }

    fn keep(connection: Connection) {
        connection.keep();
    }

    fn is_idle(connection: &Connection) -> bool {
        connection.is_idle()
    }

    fn discard(connection: Connection) {
        connection.close();
    }

    fn forget_idle(&self) {
        self.connections.forget_idle();
    }

    async fn connect_writer(
        &self,
        operation: &'static str,
    ) -> Result<MysqlSession<'static, 'static>, RecordError> {
        let server = match &self.server {
            Some(server) => server.clone(),
            None => self.connection(operation).await?.opts().clone(),
        };
        let connecting = async {
            let mut connection = Conn::new(server).await?;
            connection.query_drop(settings(self.timeout)).await?;
            Ok(connection)
        };
        let connection = self.in_time(operation, connecting).await?;
        Ok(MysqlSession::new(connection))
    }

    /// The table itself is valid, so the missing table is `es_tables`.
    fn unexplained(table: &Table, operation: &'static str, error: SqlError) -> RecordError {
        match error.kind() {
            Some(ErrorKind::NoTable) => lock_row_missing(table),
            _ => error.into_record_error(operation),
        }
    }
}

/// Returns the statements that set up a session that writes.
pub(crate) fn settings(timeout: Duration) -> String {
    // Without the strict mode the server truncates a text that is too long.
    format!(
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION innodb_lock_wait_timeout = {}, sql_mode \
         = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
        timeout.as_secs().max(1)
    )
}

/// Installs a provider if the process has none: the driver uses that of the process, and panics if
/// there is none and the program links several.
#[cfg(feature = "tls")]
fn install_crypto_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // If another thread installs one at this moment, that one serves as well.
        let _installed = rustls::crypto::ring::default_provider().install_default();
    }
}

/// The error of a table that another program created and that has no row in `es_tables` yet.
pub(crate) fn lock_row_missing(table: &Table) -> RecordError {
    table.schema_error("it has no lock in `es_tables`; `setup` creates it")
}
