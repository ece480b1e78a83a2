//! A connection of the pool in use.

use std::ops::{Deref, DerefMut};

use es_store::RecordError;
use scopeguard::ScopeGuard;

use super::Server;

/// A connection of the pool in use. This is the one place through which this library takes
/// connections of a pool.
///
/// # Invariants
///
/// 1. From the moment it is taken, the state of the connection counts as unknown: any `await` may
///    be the last, and a statement that was sent may begin or end a transaction, take a lock of the
///    session, or leave its answer on the way.
/// 2. It goes back to the pool only by [`keep`](Self::keep), after the last statement was answered
///    and no transaction and no lock of the session is left.
/// 3. If it is dropped instead, as by a future that is cancelled or after an error, it is closed.
pub struct Checkout<D: Server>(ScopeGuard<D::Connection, fn(D::Connection)>);

impl<D: Server> Checkout<D> {
    /// Takes a connection of the pool.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] if none is available in time; [`RecordError::Closed`] if the
    /// pool is closed.
    pub async fn take(database: &D, operation: &'static str) -> Result<Self, RecordError> {
        let connection = database.connection(operation).await?;
        Ok(Self(scopeguard::guard(connection, D::discard)))
    }

    /// Uses the connection.
    pub fn session(&mut self) -> D::Session<'_> {
        D::session(&mut self.0)
    }

    /// Gives the connection back: all statements are answered, and no transaction is open. Returns
    /// false, and closes it, if the driver knows otherwise.
    pub fn keep(self) -> bool {
        let is_idle = D::is_idle(&self.0);
        if is_idle {
            D::keep(ScopeGuard::into_inner(self.0));
        }
        is_idle
    }

    /// Gives the connection back if the work on it succeeded, and closes it otherwise.
    ///
    /// # Errors
    ///
    /// That of the work.
    pub fn keep_if_ok<T, E>(self, done: Result<T, E>) -> Result<T, E> {
        if done.is_ok() {
            self.keep();
        }
        done
    }
}

impl<D: Server> Deref for Checkout<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.0
    }
}

impl<D: Server> DerefMut for Checkout<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        &mut self.0
    }
}
