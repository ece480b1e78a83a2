//! A store whose appends fail on demand.

use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use es_store::{
    Append, Appended, BoxError, Capabilities, ItemQuery, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration, TimeOrdered, WakeUp,
};
use tokio::time::sleep;
use uuid::Uuid;

/// A store over another one, whose appends fail on demand and which counts its calls. It tests code
/// that is built on stores.
pub struct Faulty {
    records: Arc<dyn RecordManager>,
    next: Mutex<Box<dyn Iterator<Item = Option<Fault>> + Send>>,
    delay: Duration,
    reads: AtomicUsize,
    appends: AtomicUsize,
}

/// The failure of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The append is stored, but its outcome is unknown: [`RecordError::Unknown`].
    AnswerLost,
    /// The append is not stored, and its outcome is unknown: [`RecordError::Unknown`].
    RequestLost,
    /// The append is not stored, and the caller knows it: [`RecordError::Unavailable`].
    OutOfReach,
}

impl Faulty {
    /// Creates a store over `records`, without faults.
    #[must_use]
    pub fn over(records: Arc<dyn RecordManager>) -> Self {
        Self {
            records,
            next: Mutex::new(Box::new(iter::empty())),
            delay: Duration::ZERO,
            reads: AtomicUsize::new(0),
            appends: AtomicUsize::new(0),
        }
    }

    /// Delays each append, and each result of a read of a sequence.
    #[must_use]
    pub fn slow(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets the outcomes of the next appends, in order: a [`Fault`], or `None` for success. It
    /// replaces outcomes that were set earlier. Appends after the last outcome succeed.
    pub fn fail<F>(&self, next: impl IntoIterator<Item = F, IntoIter: Send + 'static>)
    where
        F: Into<Option<Fault>> + 'static,
    {
        let next = next.into_iter().map(Into::into);
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(next);
    }

    /// Removes all faults: later appends succeed.
    pub fn mend(&self) {
        self.fail(iter::empty::<Fault>());
    }

    /// Returns the numbers of reads of sequences and of appends since the last call.
    pub fn taken(&self) -> (usize, usize) {
        let take = |counter: &AtomicUsize| counter.swap(0, Ordering::SeqCst);
        (take(&self.reads), take(&self.appends))
    }

    fn next(&self) -> Option<Fault> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.next().flatten()
    }

    async fn wait(&self) {
        if !self.delay.is_zero() {
            sleep(self.delay).await;
        }
    }
}

fn injected() -> BoxError {
    "a fault that the test injected".into()
}

#[async_trait]
impl RecordManager for Faulty {
    fn capabilities(&self) -> Capabilities {
        self.records.capabilities()
    }

    fn time_ordered(&self) -> Option<&dyn TimeOrdered> {
        self.records.time_ordered()
    }

    fn wake_up(&self) -> WakeUp {
        self.records.wake_up()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.appends.fetch_add(1, Ordering::SeqCst);
        self.wait().await;
        match self.next() {
            None => self.records.append(items.into()).await,
            Some(Fault::AnswerLost) => {
                self.records.append(items.into()).await?;
                Err(RecordError::Unknown { source: injected() })
            }
            Some(Fault::RequestLost) => Err(RecordError::Unknown { source: injected() }),
            Some(Fault::OutOfReach) => Err(RecordError::Unavailable { source: injected() }),
        }
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let items = self.records.items(query).await;
        self.wait().await;
        items
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.records.records(after, limit).await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.records.max_record_id().await
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.records.sequence_ids(after, limit).await
    }
}

#[async_trait]
impl TableAdministration for Faulty {
    fn table(&self) -> Option<&Table> {
        self.records.table()
    }

    async fn setup(&self) -> Result<(), RecordError> {
        self.records.setup().await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.records.drop_table().await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.records.truncate().await
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.records.delete_record(sequence_id, position).await
    }

    async fn replace_record(&self, item: SequencedItem) -> Result<bool, RecordError> {
        self.records.replace_record(item).await
    }

    fn notify_followers(&self) {
        self.records.notify_followers();
    }

    async fn close(&self) -> Result<(), RecordError> {
        self.records.close().await
    }
}
