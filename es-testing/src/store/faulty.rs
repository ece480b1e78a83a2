use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use es_store::{
    Append, Appended, BoxError, Capabilities, ItemQuery, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration, TimeCursor, TimeOrdered, WakeUp,
};
use tokio::time::sleep;
use uuid::Uuid;

/// A store whose appends fail where it is told, and which counts what it is asked: to see what becomes of what is built over
/// stores.
pub struct Faulty {
    records: Arc<dyn RecordManager>,
    next: Mutex<Box<dyn Iterator<Item = Option<Fault>> + Send>>,
    call: Duration,
    reads: AtomicUsize,
    appends: AtomicUsize,
}

/// What becomes of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is kept, and nobody knows: [`RecordError::Unknown`].
    AnswerLost,
    /// It is not kept, and nobody knows: [`RecordError::Unknown`].
    RequestLost,
    /// It is not kept: [`RecordError::Unavailable`].
    OutOfReach,
}

impl Faulty {
    /// Over a store, and without a fault as yet.
    #[must_use]
    pub fn over(records: Arc<dyn RecordManager>) -> Self {
        Self {
            records,
            next: Mutex::new(Box::new(iter::empty())),
            call: Duration::ZERO,
            reads: AtomicUsize::new(0),
            appends: AtomicUsize::new(0),
        }
    }

    /// Takes so long before each append, and after each read of a sequence.
    #[must_use]
    pub fn slow(mut self, call: Duration) -> Self {
        self.call = call;
        self
    }

    /// What becomes of the next appends, one after the other, instead of what was said before: a [`Fault`], or `None` of one
    /// that is well. All that follow are well.
    pub fn fail<F>(&self, next: impl IntoIterator<Item = F, IntoIter: Send + 'static>)
    where
        F: Into<Option<Fault>> + 'static,
    {
        let next = next.into_iter().map(Into::into);
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(next);
    }

    /// All that follow are well.
    pub fn mend(&self) {
        self.fail(iter::empty::<Fault>());
    }

    /// How many reads of sequences and how many appends there were since the last call.
    pub fn taken(&self) -> (usize, usize) {
        let take = |counter: &AtomicUsize| counter.swap(0, Ordering::SeqCst);
        (take(&self.reads), take(&self.appends))
    }

    fn next(&self) -> Option<Fault> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.next().flatten()
    }

    async fn pass(&self) {
        if !self.call.is_zero() {
            sleep(self.call).await;
        }
    }
}

fn told_to() -> BoxError {
    "told to".into()
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
        self.pass().await;
        match self.next() {
            None => self.records.append(items.into()).await,
            Some(Fault::AnswerLost) => {
                self.records.append(items.into()).await?;
                Err(RecordError::Unknown { source: told_to() })
            }
            Some(Fault::RequestLost) => Err(RecordError::Unknown { source: told_to() }),
            Some(Fault::OutOfReach) => Err(RecordError::Unavailable { source: told_to() }),
        }
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let items = self.records.items(query).await;
        self.pass().await;
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
