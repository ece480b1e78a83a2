//! The trait that a database of read models implements.

use super::error::ReadModelError;
use super::projection_tables::ProjectionTables;
use crate::error::RecordError;

/// A database that holds read models, and the positions of the projections that fill them.
///
/// Beside the read models, the database has two tables: `es_projections` with the position and the
/// lease of each projection, and `es_dead_letters`. Cloning is cheap; all clones refer to the same
/// database.
///
/// An implementation provides transactions and the statements on the two tables
/// ([`ProjectionTables`]). It implements no rules: claiming leases, fencing late owners and retrying
/// events are written once, in the runner.
///
/// # Contract
///
/// 1. **Commits are atomic and durable.** A commit stores everything that was written in the
///    transaction, by the handlers and by [`ProjectionTables`], or nothing. After `Ok` the writes are
///    durable. A read model with [`Rollback::None`] promises neither.
/// 2. **A locked row is current and stays.** [`lock`](ProjectionTables::lock) returns the row as it was
///    last committed. No other transaction changes the row until this one ends.
/// 3. **A step is conditional.** [`advance`](ProjectionTables::advance) changes the row only if it has
///    the epoch and the position of the [`Step`](super::Step). If it returns
///    [`Advanced::Yes`](super::Advanced::Yes), no other transaction changes the row until this one
///    ends.
/// 4. **Leases use one clock.** The time at which a lease expires is computed and compared by the
///    clock of the database, not by the clocks of the processes.
/// 5. **An ended transaction is detected.** If a handler commits or rolls back the transaction,
///    [`check`](Self::check) or [`commit`](Self::commit) returns
///    [`ReadModelError::TransactionEnded`], and the position does not move.
/// 6. **A dropped transaction is rolled back**, also if its process dies.
pub trait ReadModel: Clone + Send + Sync + 'static {
    /// The transaction that handlers write in: the driver's transaction or connection, owned.
    type Transaction: Send + 'static;

    /// The statements on the two tables.
    type Tables: ProjectionTables<Self::Transaction>;

    /// The effect of a rollback.
    const ROLLBACK: Rollback = Rollback::Full;

    /// Runs work on a thread that it may block. All other methods are called within such work.
    ///
    /// The default runs it in place, for drivers that do not block.
    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, RecordError>> + Send {
        async { Ok(work.await) }
    }

    /// Returns the statements on the two tables.
    fn tables(&self) -> &Self::Tables;

    /// Creates the two tables if they are absent.
    fn setup(&self) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Begins a transaction for writing.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, RecordError>> + Send;

    /// Commits a transaction, then calls the callbacks that handlers registered in it.
    ///
    /// # Errors
    ///
    /// [`ReadModelError::TransactionEnded`] if a handler ended the transaction and the commit detects
    /// it; [`RecordError::Unknown`] if the outcome is unknown, after which the runner reads the row
    /// again.
    fn commit(
        &self,
        transaction: Self::Transaction,
    ) -> impl Future<Output = Result<(), ReadModelError>> + Send;

    /// Rolls back a transaction.
    fn rollback(
        &self,
        transaction: Self::Transaction,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Returns whether the transaction is open, as far as the client knows without a request to the
    /// server.
    ///
    /// Called after each handler, so that no later handler writes outside of a transaction.
    fn is_open(&self, transaction: &Self::Transaction) -> bool {
        let _ = transaction;
        true
    }

    /// Checks that the transaction is still the one that was begun.
    ///
    /// Called once, after the handlers; only [`advance`](ProjectionTables::advance), changes of dead
    /// letters and [`commit`](Self::commit) follow. The default does nothing, for stores whose commit
    /// detects an ended transaction.
    ///
    /// # Errors
    ///
    /// [`ReadModelError::TransactionEnded`] if a handler ended the transaction; any other error if the
    /// transaction accepts no more statements, for example after one that failed.
    fn check(
        &self,
        transaction: &mut Self::Transaction,
    ) -> impl Future<Output = Result<(), ReadModelError>> + Send {
        let _ = transaction;
        async { Ok(()) }
    }
}

/// The effect of a rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// Undoes everything that was written in the transaction.
    Full,
    /// Undoes nothing: writes of handlers are visible at once and stay.
    ///
    /// After a crash, events may be handled again. Handlers must tolerate that, for example with
    /// `es_projection::Guarded`.
    None,
}
