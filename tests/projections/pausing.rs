//! A read model whose transactions begin late, now and then: later than the lease lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use es::RecordError;
use es::RecordId;
use es::projection::{Advanced, DeadLetter, LetterQuery, ProjectionRow, ReadModel, Step, Undoes};
use uuid::Uuid;

#[derive(Clone)]
pub(crate) struct Pausing<M> {
    pub(crate) inner: M,
    /// Every so many transactions one is late.
    pub(crate) every: u64,
    pub(crate) pause: Duration,
    pub(crate) begun: Arc<AtomicU64>,
    pub(crate) fenced: Arc<AtomicU64>,
}

type Done<T> = Result<T, RecordError>;

impl<M: ReadModel> ReadModel for Pausing<M> {
    type Transaction = M::Transaction;

    const UNDOES: Undoes = M::UNDOES;

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

    async fn commit(&self, transaction: M::Transaction) -> Done<()> {
        self.inner.commit(transaction).await
    }

    async fn rollback(&self, transaction: M::Transaction) -> Done<()> {
        self.inner.rollback(transaction).await
    }

    fn is_open(&self, transaction: &M::Transaction) -> bool {
        self.inner.is_open(transaction)
    }

    async fn check(&self, transaction: &mut M::Transaction) -> Done<()> {
        self.inner.check(transaction).await
    }

    async fn insert(&self, transaction: &mut M::Transaction, name: &str) -> Done<()> {
        self.inner.insert(transaction, name).await
    }

    async fn lock(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
    ) -> Done<Option<ProjectionRow>> {
        self.inner.lock(transaction, name).await
    }

    async fn put(&self, transaction: &mut M::Transaction, row: &ProjectionRow) -> Done<()> {
        self.inner.put(transaction, row).await
    }

    async fn advance(&self, transaction: &mut M::Transaction, step: &Step<'_>) -> Done<Advanced> {
        let advanced = self.inner.advance(transaction, step).await?;
        if advanced == Advanced::Fenced {
            self.fenced.fetch_add(1, Ordering::SeqCst);
        }
        Ok(advanced)
    }

    async fn rows(&self, transaction: &mut M::Transaction) -> Done<Vec<ProjectionRow>> {
        self.inner.rows(transaction).await
    }

    async fn rename(&self, transaction: &mut M::Transaction, from: &str, to: &str) -> Done<()> {
        self.inner.rename(transaction, from, to).await
    }

    async fn remove(&self, transaction: &mut M::Transaction, name: &str) -> Done<()> {
        self.inner.remove(transaction, name).await
    }

    async fn letters(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        query: &LetterQuery,
    ) -> Done<Vec<DeadLetter>> {
        self.inner.letters(transaction, name, query).await
    }

    async fn parked(&self, transaction: &mut M::Transaction, name: &str) -> Done<Vec<Uuid>> {
        self.inner.parked(transaction, name).await
    }

    async fn put_letters(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        letters: &[DeadLetter],
    ) -> Done<()> {
        self.inner.put_letters(transaction, name, letters).await
    }

    async fn remove_letter(
        &self,
        transaction: &mut M::Transaction,
        name: &str,
        position: RecordId,
    ) -> Done<()> {
        self.inner.remove_letter(transaction, name, position).await
    }
}
