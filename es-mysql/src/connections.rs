//! The connections of one database.
//!
//! The driver has a pool, but pings a connection before each use and resets it after each use,
//! which also drops its prepared statements: two round trips and a preparation for each read. This
//! pool does neither, and keeps a connection only after success.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mysql_async::{Conn, DriverError, Error, Opts, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The source of connections.
pub(crate) enum Connections {
    /// The library's pool.
    Own(Arc<OwnPool>),
    /// The caller's pool.
    Shared(Pool),
}

/// Idle connections, and permits for those that may be in use at once.
pub(crate) struct OwnPool {
    server: Opts,
    idle: Mutex<Vec<Conn>>,
    permits: Arc<Semaphore>,
}

/// A connection to a server. It dereferences to the driver's [`Conn`].
pub struct Connection {
    connection: Conn,
    pool: Option<(Arc<OwnPool>, OwnedSemaphorePermit)>,
}

impl Connections {
    pub(crate) fn new(server: Opts, max: usize) -> Self {
        Self::Own(Arc::new(OwnPool {
            server,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(max.max(1))),
        }))
    }

    /// Waits for a permit, and connects if there is no idle connection.
    pub(crate) async fn take(&self) -> Result<Connection, Error> {
        let pool = match self {
            Self::Own(pool) => pool,
            Self::Shared(pool) => {
                return Ok(Connection {
                    connection: pool.get_conn().await?,
                    pool: None,
                });
            }
        };
        let permit = pool.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_closed| Error::Driver(DriverError::PoolDisconnected))?;
        let idle = pool.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Conn::new(pool.server.clone()).await?,
        };
        Ok(Connection {
            connection,
            pool: Some((pool.clone(), permit)),
        })
    }

    /// Closes idle connections: after the loss of one, the others are likely lost too.
    pub(crate) fn forget_idle(&self) {
        if let Self::Own(pool) = self {
            pool.idle().clear();
        }
    }

    /// Closes our own pool.
    pub(crate) fn close(&self) {
        if let Self::Own(pool) = self {
            pool.permits.close();
            pool.idle().clear();
        }
    }
}

impl OwnPool {
    /// A panic elsewhere leaves the list valid: it is changed by single statements.
    fn idle(&self) -> MutexGuard<'_, Vec<Conn>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Gives the connection back to the pool. All statements must be answered, and no transaction
    /// may be open. A connection that is dropped instead is closed.
    pub fn keep(self) {
        if let Some((pool, _permit)) = self.pool
            && !pool.permits.is_closed()
        {
            pool.idle().push(self.connection);
        }
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
