//! A read model whose transactions sometimes begin later than the lease lasts, and whose dead
//! letters are sometimes unavailable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use es::RecordId;
use es::projections::{DeadLetter, LetterQuery, ProjectionRow, ReadModel};
use es::store::RecordError;
use es::store::read_model::{Advanced, ProjectionTables, ReadModelError, Rollback, Step};
use uuid::Uuid;

#[derive(Clone)]
pub(crate) struct Pausing<M> {
    pub(crate) inner: M,
    /// One in this number of transactions is late.
    pub(crate) every: u64,
    pub(crate) pause: Duration,
    pub(crate) begun: Arc<AtomicU64>,
    pub(crate) fenced: Arc<AtomicU64>,
    /// True if the next read of dead letters fails.
    pub(crate) away: Arc<AtomicBool>,
}

impl<M> Pausing<M> {
    /// Creates a read model without delays and failures.
    pub(crate) fn never(inner: M) -> Self {
        Self {
            inner,
            every: u64::MAX,
            pause: Duration::ZERO,
            begun: Arc::default(),
            fenced: Arc::default(),
            away: Arc::default(),
        }
    }

    fn find_letters(&self) -> Done<()> {
        if self.away.swap(false, Ordering::SeqCst) {
            return Err(RecordError::Unavailable {
                source: "for a moment".into(),
            });
        }
        Ok(())
    }
}

type Done<T> = Result<T, RecordError>;

impl<M: ReadModel> ReadModel for Pausing<M> {
    type Transaction = M::Transaction;

    type Tables = Self;

    const ROLLBACK: Rollback = M::ROLLBACK;

    fn tables(&self) -> &Self {
        self
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Done<T> {
        self.inner.run(work).await
    }

    async fn setup(&self) -> Done<()> {
        self.inner.setup().await
    }

    async fn begin(&self) -> Done<M::Transaction> {
        let begun = self.begun.fetch_add(1, Ordering::SeqCst);
        if begun % self.every == self.every - 1 {
            tokio::time::sleep(self.pause).await;
        }
        self.inner.begin().await
    }

    async fn commit(&self, transaction: M::Transaction) -> Result<(), ReadModelError> {
        self.inner.commit(transaction).await
    }

    async fn rollback(&self, transaction: M::Transaction) -> Done<()> {
        self.inner.rollback(transaction).await
    }

    fn is_open(&self, transaction: &M::Transaction) -> bool {
        self.inner.is_open(transaction)
    }

    async fn check(&self, transaction: &mut M::Transaction) -> Result<(), ReadModelError> {
        self.inner.check(transaction).await
    }
}

impl<M: ReadModel> ProjectionTables<M::Transaction> for Pausing<M> {
    async fn insert(&self, transaction: &mut M::Transaction, name: &str) -> Done<()> {
        self.inner.tables().insert(transaction, name).await
    }

    async fn lock(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
    ) -> Done<Option<ProjectionRow>> {
        self.inner.tables().lock(transaction, name).await
    }

    async fn put(&self, transaction: &mut M::Transaction, row: &ProjectionRow) -> Done<()> {
        self.inner.tables().put(transaction, row).await
    }

    async fn advance(&self, transaction: &mut M::Transaction, step: &Step<'_>) -> Done<Advanced> {
        let advanced = self.inner.tables().advance(transaction, step).await?;
        if advanced == Advanced::Fenced {
            self.fenced.fetch_add(1, Ordering::SeqCst);
        }
        Ok(advanced)
    }

    async fn rows(&self, transaction: &mut M::Transaction) -> Done<Vec<ProjectionRow>> {
        self.inner.tables().rows(transaction).await
    }

    async fn rename(&self, transaction: &mut M::Transaction, from: &str, to: &str) -> Done<()> {
        self.inner.tables().rename(transaction, from, to).await
    }

    async fn remove(&self, transaction: &mut M::Transaction, name: &str) -> Done<()> {
        self.inner.tables().remove(transaction, name).await
    }

    async fn letters(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        query: &LetterQuery,
    ) -> Done<Vec<DeadLetter>> {
        // The task that renews the lease reads one letter.
        if query.limit > 1 {
            self.find_letters()?;
        }
        self.inner.tables().letters(transaction, name, query).await
    }

    async fn blocked_aggregates(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
    ) -> Done<Vec<Uuid>> {
        self.find_letters()?;
        self.inner
            .tables()
            .blocked_aggregates(transaction, name)
            .await
    }

    async fn put_letters(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        letters: &[DeadLetter],
    ) -> Done<()> {
        self.inner
            .tables()
            .put_letters(transaction, name, letters)
            .await
    }

    async fn remove_letter(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        record_id: RecordId,
    ) -> Done<()> {
        self.inner
            .tables()
            .remove_letter(transaction, name, record_id)
            .await
    }
}
