use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mysql_async::{Conn, DriverError, Error, Opts, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where connections that read come from.
pub(crate) enum Connections {
    Ours(Arc<Idle>),
    Passed(Pool),
}

/// Connections that wait to be used again, and how many may be used at once. One that went wrong never comes back here.
pub(crate) struct Idle {
    server: Opts,
    waiting: Mutex<Vec<Conn>>,
    turns: Arc<Semaphore>,
}

/// A connection to a server that is in use. It derefs to the driver's [`Conn`].
pub struct Connection {
    connection: Conn,
    home: Option<(Arc<Idle>, OwnedSemaphorePermit)>,
}

impl Connections {
    pub(crate) fn to(server: Opts, at_most: usize) -> Self {
        Self::Ours(Arc::new(Idle {
            server,
            waiting: Mutex::default(),
            turns: Arc::new(Semaphore::new(at_most.max(1))),
        }))
    }

    /// Waits for a turn, and connects where no connection waits.
    pub(crate) async fn take(&self) -> Result<Connection, Error> {
        let idle = match self {
            Self::Ours(idle) => idle,
            Self::Passed(pool) => {
                return Ok(Connection {
                    connection: pool.get_conn().await?,
                    home: None,
                });
            }
        };
        let turn = idle.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_closed| Error::Driver(DriverError::PoolDisconnected))?;
        let waiting = idle.waiting().pop();
        let connection = match waiting {
            Some(connection) => connection,
            None => Conn::new(idle.server.clone()).await?,
        };
        Ok(Connection {
            connection,
            home: Some((idle.clone(), turn)),
        })
    }

    /// A connection turned out to be gone: those that wait have likely gone with it.
    pub(crate) fn forget_waiting(&self) {
        if let Self::Ours(idle) = self {
            idle.waiting().clear();
        }
    }

    /// Closes what is ours.
    pub(crate) fn close(&self) {
        if let Self::Ours(idle) = self {
            idle.turns.close();
            idle.waiting().clear();
        }
    }
}

impl Idle {
    /// A panic elsewhere leaves the list whole: it is changed by single statements.
    fn waiting(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Gives the connection back to be used again: what it was asked is answered. One that is dropped is closed.
    pub fn keep(self) {
        if let Some((idle, _turn)) = self.home
            && !idle.turns.is_closed()
        {
            idle.waiting().push(self.connection);
        }
    }

    /// Gives it back where what it was asked went well, and closes it otherwise.
    pub(crate) fn keep_if_ok<T, E>(self, answer: Result<T, E>) -> Result<T, E> {
        if answer.is_ok() {
            self.keep();
        }
        answer
    }
}

impl Deref for Connection {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.connection
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.connection
    }
}
