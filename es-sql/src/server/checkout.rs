//! A connection of the pool that may have a transaction open.

use std::ops::{Deref, DerefMut};

use es_store::RecordError;
use scopeguard::ScopeGuard;

use super::Server;

/// A connection of the pool that may have a transaction open, or hold a lock of its session.
///
/// It goes back to the pool only by [`keep`](Self::keep). If it is dropped, as by a future that is
/// cancelled at any `await`, it is closed: this is the one place that keeps a connection with an
/// open transaction out of the pool.
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

    /// Gives the connection back: all statements are answered, and no transaction is open.
    pub fn keep(self) {
        D::keep(ScopeGuard::into_inner(self.0));
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
