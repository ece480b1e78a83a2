use std::time::Duration;

use es_core::error::Error;
use es_store::RecordError;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue, RedisConnectionInfo};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::RedisOptions;
use crate::error::{Fault, failure};
use crate::stream::Connector;

/// The way to the server: one connection that all who ask share, opened when it is needed, and again after it was lost.
pub(crate) struct Link {
    options: RedisOptions,
    /// The server, for messages.
    pub(crate) server: String,
    connector: Connector,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: Option<MultiplexedConnection>,
    /// How many connections there were.
    count: u64,
}

/// A connection to ask by.
struct Open {
    connection: MultiplexedConnection,
    number: u64,
    is_new: bool,
}

impl Link {
    pub(crate) fn new(options: RedisOptions) -> Result<Self, RecordError> {
        Ok(Self {
            server: format!("{}:{}", options.host, options.port),
            connector: Connector::of(&options.tls)?,
            state: Mutex::default(),
            options,
        })
    }

    /// Asks, and waits for the answer; `key` is for messages.
    pub(crate) async fn ask<T: FromRedisValue>(
        &self,
        key: &str,
        command: &Cmd,
    ) -> Result<T, Error> {
        // Those who wait while another connects do not wait for ever either.
        let asked = timeout(self.patience(), self.ask_twice(command)).await;
        let answer = asked.unwrap_or_else(|_| Err(Fault::silence()));
        answer.map_err(|fault| failure(&self.server, key, fault))
    }

    fn patience(&self) -> Duration {
        self.options.connect_timeout + self.options.answer_timeout
    }

    /// By a new connection as well, where the one that was there turns out to be gone: its server was restarted meanwhile.
    ///
    /// The first question may have been answered without our knowing. What we ask bears it: an `INCR` has used up a number
    /// then, which nobody was given.
    async fn ask_twice<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Fault> {
        let mut open = self.open().await?;
        let answer = self.ask_by(&mut open, command).await;
        match answer {
            Err(fault) if fault.is_lost() && !fault.is_timeout() && !open.is_new => {
                tracing::debug!(?fault, "a connection to Redis was lost");
                let mut open = self.open().await?;
                self.ask_by(&mut open, command).await
            }
            answer => answer,
        }
    }

    async fn ask_by<T: FromRedisValue>(&self, open: &mut Open, command: &Cmd) -> Result<T, Fault> {
        let answer = command.query_async(&mut open.connection).await;
        let answer = answer.map_err(Fault::from);
        if answer.as_ref().is_err_and(Fault::is_lost) {
            self.forget(open.number).await;
        }
        answer
    }

    async fn open(&self) -> Result<Open, Fault> {
        let mut state = self.state.lock().await;
        if let Some(connection) = &state.open {
            return Ok(Open {
                connection: connection.clone(),
                number: state.count,
                is_new: false,
            });
        }
        let connecting = timeout(self.options.connect_timeout, self.connect()).await;
        let connection = connecting.unwrap_or_else(|_| Err(Fault::silence()))?;
        state.count += 1;
        state.open = Some(connection.clone());
        Ok(Open {
            connection,
            number: state.count,
            is_new: true,
        })
    }

    async fn connect(&self) -> Result<MultiplexedConnection, Fault> {
        let stream = self.connector.connect(&self.options).await;
        let stream = stream.map_err(Fault::of_stream)?;
        let config =
            AsyncConnectionConfig::new().set_response_timeout(Some(self.options.answer_timeout));
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.settings(), stream, config).await?;
        // It ends with the last clone of the connection.
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

    /// Forgets a connection, unless there is another already.
    async fn forget(&self, number: u64) {
        let mut state = self.state.lock().await;
        if state.count == number {
            state.open = None;
        }
    }
}
