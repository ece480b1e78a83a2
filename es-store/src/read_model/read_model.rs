//! The trait that a store of read models implements, and what it keeps.

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use super::projection_tables::ProjectionTables;
use crate::error::RecordError;
use crate::record_id::RecordId;
use crate::text::Text;
use crate::topic::Topic;

/// A database that holds read models, and beside them how far each projection is: the rows of `es_projections` and
/// `es_dead_letters`. Cloning is cheap, and all clones are of one database.
///
/// A store implements this, and the statements on the two tables ([`ProjectionTables`]); what a lease is, who is fenced and
/// what becomes of an event that cannot be handled is decided once, above it. All calls that are given a transaction take place in it.
///
/// # Contract
///
/// 1. A commit keeps all that was done in its transaction, handlers' work included, or nothing of it, where
///    [`ROLLBACK`](Self::ROLLBACK) says so; and `Ok` means durable.
/// 2. [`lock`](ProjectionTables::lock) shows the row as it was last committed, and keeps others from changing it until the
///    transaction ends.
/// 3. [`advance`](ProjectionTables::advance) changes the row only where its epoch and its position are those named; what it
///    answers still holds when the transaction commits.
/// 4. Time that is left is counted by the clock of the database, the same for all who ask it.
/// 5. A transaction that was ended by whom it was given to is found out, by [`check`](Self::check) or by
///    [`commit`](Self::commit), before anything more is kept: [`RecordError::TransactionEnded`].
/// 6. A transaction that is dropped is rolled back, also where its process dies.
pub trait ReadModel: Clone + Send + Sync + 'static {
    /// What handlers are given: the driver's transaction, owned.
    type Transaction: Send + 'static;

    /// How the two tables are kept.
    type Tables: ProjectionTables<Self::Transaction>;

    /// What a rollback undoes.
    const ROLLBACK: Rollback = Rollback::Full;

    /// Does work with transactions where it may block: all calls below are made within.
    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, RecordError>> + Send {
        async { Ok(work.await) }
    }

    /// The two tables.
    fn tables(&self) -> &Self::Tables;

    /// Makes the two tables where they are absent.
    fn setup(&self) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Begins a transaction that is going to write.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, RecordError>> + Send;

    /// Ends it, and keeps what was done. Then calls what handlers left to be done after it.
    fn commit(
        &self,
        transaction: Self::Transaction,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Ends it, and undoes what was done.
    fn rollback(
        &self,
        transaction: Self::Transaction,
    ) -> impl Future<Output = Result<(), RecordError>> + Send;

    /// Whether a transaction is open, as far as can be told without asking a server: after each handler, so that none after it
    /// writes outside of one.
    fn is_open(&self, transaction: &Self::Transaction) -> bool {
        let _ = transaction;
        true
    }

    /// Asks whether it is still the transaction that was begun: handlers have had it, and nothing but the step of the
    /// projection and the commit follows. A store whose commit finds out by itself has nothing to ask.
    ///
    /// # Errors
    ///
    /// [`RecordError::TransactionEnded`] where it is not; any other where it takes no more, as after a statement that failed.
    fn check(
        &self,
        transaction: &mut Self::Transaction,
    ) -> impl Future<Output = Result<(), RecordError>> + Send {
        let _ = transaction;
        async { Ok(()) }
    }
}

/// What a rollback undoes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rollback {
    /// All that was done in the transaction.
    Full,
    /// Nothing: what handlers did stays done, and after a crash events are handled again. Handlers see to it that this is
    /// harmless; [`Guarded`](es_projection::Guarded) helps.
    None,
}

/// How far a projection is, and who runs it: a row of `es_projections`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectionRow {
    /// Its name.
    pub name: String,
    /// The record up to which every event is handled, or a dead letter.
    pub position: RecordId,
    /// Counts the owners; one with a lower number is fenced off.
    pub epoch: u64,
    /// The runner that has the lease, or had it last.
    pub owner: Option<Uuid>,
    /// What is left of the lease; nothing where it is free. Stored as the time when it ends.
    pub lease_left: Duration,
    /// Whether it goes on.
    pub mode: Mode,
}

/// Whether a projection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It does. Stored as `active`.
    Active,
    /// Not until it is resumed. Stored as `paused`.
    Paused,
}

impl Mode {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }

    /// From what is stored; none from anything else.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Active, Self::Paused]
            .into_iter()
            .find(|mode| mode.as_str() == text)
    }
}

/// A step of a projection, from one position to the next, by the owner with an epoch.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The projection.
    pub name: &'a str,
    /// The owner's epoch.
    pub epoch: u64,
    /// Where it is.
    pub from: RecordId,
    /// Where it comes to; also `from` itself, which checks the epoch alone.
    pub to: RecordId,
    /// How long the lease lasts from now on.
    pub lease: Duration,
}

/// Whether a step was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advanced {
    /// It was.
    Yes,
    /// The row has another epoch or another position, or is gone: somebody else runs the projection.
    Fenced,
}

impl Advanced {
    /// From the number of rows that the statement found.
    #[must_use]
    pub const fn by(found: u64) -> Self {
        match found {
            0 => Self::Fenced,
            _ => Self::Yes,
        }
    }
}

/// An event that could not be handled, or that waits behind one of the same aggregate: a row of `es_dead_letters`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// To whom the event happened.
    pub aggregate_id: Uuid,
    /// Its place in the application sequence.
    pub position: RecordId,
    /// Its topic.
    pub topic: Topic,
    /// The stored text.
    pub data: Text,
    /// Why it could not be handled; empty where it was not tried, as it waits behind another. It may quote the event, and is
    /// stored encrypted where that is.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// What somebody asked to be done with it.
    pub request: Option<Request>,
}

/// Leaves the data out: it may be large, and is the user's.
impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("aggregate_id", &self.aggregate_id)
            .field("position", &self.position)
            .field("topic", &self.topic)
            .field("error", &self.error)
            .field("attempts", &self.attempts)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// What is to be done with a dead letter, and then with those of its aggregate behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// It is handled again. Stored as `retry`.
    Retry,
    /// It is dropped. Stored as `skip`.
    Skip,
}

impl Request {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Skip => "skip",
        }
    }

    /// From what is stored; none from anything else.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        [Self::Retry, Self::Skip]
            .into_iter()
            .find(|request| request.as_str() == text)
    }
}

/// Which dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterQuery {
    /// Those of one aggregate, or of all.
    pub aggregate_id: Option<Uuid>,
    /// Those that something is asked of, or all.
    pub request: RequestFilter,
    /// Those behind this position.
    pub after: RecordId,
    /// As many as this.
    pub limit: u32,
}

/// Whether something is asked of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestFilter {
    /// It is.
    Requested,
    /// That does not matter.
    Any,
}

impl LetterQuery {
    /// All, from the first, up to `limit`.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self {
            aggregate_id: None,
            request: RequestFilter::Any,
            after: RecordId::new(0),
            limit,
        }
    }

    /// Those of one aggregate.
    #[must_use]
    pub const fn with_aggregate(mut self, aggregate_id: Uuid) -> Self {
        self.aggregate_id = Some(aggregate_id);
        self
    }

    /// Those that something is asked of.
    #[must_use]
    pub const fn requested(mut self) -> Self {
        self.request = RequestFilter::Requested;
        self
    }
}
