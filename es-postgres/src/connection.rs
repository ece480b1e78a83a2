//! A connection of the pool, as a read model lends it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use deadpool_postgres::{Client, ClientWrapper, Object};
use futures_util::FutureExt;
use scopeguard::ScopeGuard;

/// A connection of the pool. It dereferences to the pool's client, and through it to the driver's
/// [`Client`](tokio_postgres::Client).
///
/// It goes back to the pool when it is dropped. A transaction that is left open, as by a future that
/// was dropped after it sent `BEGIN`, is rolled back before the connection serves its next caller.
/// Settings and locks of the session stay.
pub struct PostgresConnection(ScopeGuard<Client, fn(Client)>);

impl PostgresConnection {
    pub(crate) fn new(client: Client) -> Self {
        Self(scopeguard::guard(client, end_transaction))
    }

    /// Gives the connection back. No transaction may be open.
    pub(crate) fn keep(self) {
        drop(ScopeGuard::into_inner(self.0));
    }

    /// Takes the connection out of the pool.
    pub(crate) fn take(self) -> ClientWrapper {
        Object::take(ScopeGuard::into_inner(self.0))
    }
}

/// Sends the end of a transaction that may be open, and gives the connection back. The driver does
/// not show whether one is open.
///
/// The server answers the statements of a connection in turn, and the first poll sends a statement:
/// those of the next caller come behind the rollback, and nobody waits for its answer. `BEGIN` keeps
/// the server from logging a warning for each connection that has no transaction.
fn end_transaction(client: Client) {
    for sql in ["BEGIN", "ROLLBACK"] {
        let _pending = client.batch_execute(sql).now_or_never();
    }
    drop(client);
}

impl Deref for PostgresConnection {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.0
    }
}

impl DerefMut for PostgresConnection {
    fn deref_mut(&mut self) -> &mut ClientWrapper {
        &mut self.0
    }
}

impl fmt::Debug for PostgresConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConnection").finish_non_exhaustive()
    }
}
