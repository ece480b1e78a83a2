//! The connections of one database.
//!
//! The driver has a pool, but pings a connection before each use and resets it after each use,
//! which also drops its prepared statements: two round trips and a preparation for each read. This
//! pool does neither, and keeps a connection only after success.

use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, OkPacket, Opts, Pool};
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
///
/// If it is dropped, it is closed; [`keep`](Self::keep) gives it back to the pool.
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
                    connection: committing_by_itself(pool.get_conn().await?).await?,
                    pool: None,
                });
            }
        };
        let permit = pool.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_closed| Error::Driver(DriverError::PoolDisconnected))?;
        let idle = pool.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => committing_by_itself(Conn::new(pool.server.clone()).await?).await?,
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
    /// may be open: otherwise the connection is closed. A connection that is dropped instead is
    /// closed.
    pub fn keep(self) {
        if !self.is_idle() {
            return self.close();
        }
        match self.pool {
            Some((pool, _permit)) if !pool.permits.is_closed() => {
                pool.idle().push(self.connection);
            }
            // The caller's pool takes it.
            _ => drop(self.connection),
        }
    }

    /// Returns whether the last statement was answered, and the answer shows no transaction.
    pub(crate) fn is_idle(&self) -> bool {
        const BUSY: StatusFlags =
            StatusFlags::SERVER_STATUS_IN_TRANS.union(StatusFlags::SERVER_MORE_RESULTS_EXISTS);
        let is_idle = |status| commits_by_itself(status) && !status.intersects(BUSY);
        !self.connection.is_disconnected() && status(&self.connection).is_some_and(is_idle)
    }

    /// Closes the connection. The caller's pool gives up a connection only if it is disconnected,
    /// which the first poll marks.
    pub(crate) fn close(self) {
        let disconnecting = pin!(self.connection.disconnect());
        let mut context = Context::from_waker(Waker::noop());
        let _pending = disconnecting.poll(&mut context);
    }
}

/// Returns the status in the server's last answer; `None` if that was an error.
fn status(connection: &Conn) -> Option<StatusFlags> {
    connection.last_ok_packet().map(OkPacket::status_flags)
}

fn commits_by_itself(status: StatusFlags) -> bool {
    status.contains(StatusFlags::SERVER_STATUS_AUTOCOMMIT)
}

/// Turns `autocommit` on if the server or a setting of the program turned it off: otherwise a
/// statement outside a transaction would begin one, and never commit it.
async fn committing_by_itself(mut connection: Conn) -> Result<Conn, Error> {
    if !status(&connection).is_some_and(commits_by_itself) {
        connection.query_drop("SET autocommit = 1").await?;
    }
    Ok(connection)
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
