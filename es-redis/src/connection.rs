//! The connection to the server: one multiplexed connection, which is opened again after it is
//! lost.
//!
//! One connection suffices, so there is no pool: 64 tasks took 354,000 numbers per second over one
//! connection on loopback, far more than a store can use.
//!
//! The `ConnectionManager` of the driver is not used, for two reasons. It opens its streams itself,
//! with TLS by the cryptography provider of the process, which fails if two providers are linked.
//! And it returns the error of a lost connection to the caller, so that a restart of the server
//! between two calls would fail the second.

use std::time::Duration;

use es_core::error::Error;
use es_store::RecordError;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue, RedisConnectionInfo};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::RedisOptions;
use crate::error::{RequestError, sequence_error};
use crate::stream::Connector;

/// A connection that all callers share. It is opened at the first request, and again after it is
/// lost.
pub(crate) struct Connection {
    options: RedisOptions,
    /// The address of the server, for error messages.
    pub(crate) server: String,
    connector: Connector,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<MultiplexedConnection>,
    /// Number of connections that were opened so far.
    generation: u64,
}

/// A handle of the current connection.
struct Handle {
    connection: MultiplexedConnection,
    generation: u64,
    is_new: bool,
}

impl Connection {
    pub(crate) fn new(options: RedisOptions) -> Result<Self, RecordError> {
        Ok(Self {
            server: format!("{}:{}", options.host, options.port),
            connector: Connector::new(&options.tls)?,
            state: Mutex::default(),
            options,
        })
    }

    /// Sends a command and waits for its answer. `key` is for error messages.
    pub(crate) async fn request<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
    ) -> Result<T, Error> {
        // Also limits the wait for the lock, while another caller connects.
        let answer = timeout(self.timeout(), self.send_with_retry(command)).await;
        let answer = answer.unwrap_or_else(|_| Err(RequestError::timeout()));
        answer.map_err(|error| sequence_error(&self.server, key, error))
    }

    fn timeout(&self) -> Duration {
        self.options.connect_timeout + self.options.answer_timeout
    }

    /// Sends a command, and a second time if the existing connection turns out to be lost, as after
    /// a restart of the server.
    ///
    /// The server may have executed the first one. That is safe for the commands of a sequence: an
    /// `INCR` then has used up a number, which becomes a hole.
    async fn send_with_retry<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RequestError> {
        let mut handle = self.handle().await?;
        let answer = self.send(&mut handle, command).await;
        match answer {
            Err(error) if error.ends_connection() && !error.is_timeout() && !handle.is_new => {
                tracing::debug!(?error, "lost the connection to Redis; opening another");
                let mut handle = self.handle().await?;
                self.send(&mut handle, command).await
            }
            answer => answer,
        }
    }

    async fn send<T: FromRedisValue>(
        &self,
        handle: &mut Handle,
        command: &Cmd,
    ) -> Result<T, RequestError> {
        let answer = command.query_async(&mut handle.connection).await;
        let answer = answer.map_err(RequestError::from);
        if answer.as_ref().is_err_and(RequestError::ends_connection) {
            self.invalidate(handle.generation).await;
        }
        answer
    }

    async fn handle(&self) -> Result<Handle, RequestError> {
        let mut state = self.state.lock().await;
        if let Some(connection) = &state.current {
            return Ok(Handle {
                connection: connection.clone(),
                generation: state.generation,
                is_new: false,
            });
        }
        let connecting = timeout(self.options.connect_timeout, self.connect()).await;
        let connection = connecting.unwrap_or_else(|_| Err(RequestError::timeout()))?;
        state.generation += 1;
        state.current = Some(connection.clone());
        Ok(Handle {
            connection,
            generation: state.generation,
            is_new: true,
        })
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RequestError> {
        let stream = self.connector.connect(&self.options).await;
        let stream = stream.map_err(RequestError::from_stream)?;
        let config =
            AsyncConnectionConfig::new().set_response_timeout(Some(self.options.answer_timeout));
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.settings(), stream, config).await?;
        // The task ends when the last clone of the connection is dropped.
        tokio::spawn(driver);
        Ok(connection)
    }

    fn settings(&self) -> RedisConnectionInfo {
        let settings = RedisConnectionInfo::default()
            .set_db(self.options.database.into())
            .set_skip_set_lib_name();
        let settings = match &self.options.user {
            Some(user) => settings.set_username(user),
            None => settings,
        };
        match &self.options.password {
            Some(password) => settings.set_password(password),
            None => settings,
        }
    }

    /// Drops a lost connection, unless another caller has replaced it already.
    async fn invalidate(&self, generation: u64) {
        let mut state = self.state.lock().await;
        if state.generation == generation {
            state.current = None;
        }
    }
}
