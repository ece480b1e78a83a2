//! A store in memory that counts what it is asked, and fails when told.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use es_core::domain::Salt;
use es_core::infrastructure::{
    Appended, Capabilities, EventStore, ItemQuery, Mapper, MemoryRecordManager, Record, RecordId,
    RecordManager, SequencedItem, Table,
};
use es_core::{Position, RecordError};
use uuid::Uuid;

pub fn size(size: u32) -> NonZeroU32 {
    NonZeroU32::new(size).unwrap()
}

pub fn event_store(records: Arc<dyn RecordManager>) -> EventStore {
    EventStore::new(records, Mapper::new(), Salt::new("a salt"))
}

pub fn memory() -> EventStore {
    event_store(Arc::new(MemoryRecordManager::new(
        Table::integer_sequenced(),
    )))
}

pub fn memory_of_times() -> EventStore {
    let table = Table::timestamp_sequenced_no_id();
    event_store(Arc::new(MemoryRecordManager::new(table)))
}

pub struct Watched {
    inner: MemoryRecordManager,
    pub reads: AtomicUsize,
    pub appends: AtomicUsize,
    /// The append from which on all fail, counted from 1.
    pub fails_from: AtomicUsize,
}

impl Watched {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryRecordManager::new(Table::integer_sequenced()),
            reads: AtomicUsize::new(0),
            appends: AtomicUsize::new(0),
            fails_from: AtomicUsize::new(usize::MAX),
        })
    }

    /// How many reads and appends there were since the last call.
    pub fn taken(&self) -> (usize, usize) {
        let take = |counter: &AtomicUsize| counter.swap(0, Ordering::SeqCst);
        (take(&self.reads), take(&self.appends))
    }
}

#[async_trait]
impl RecordManager for Watched {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn append(&self, items: Vec<SequencedItem>) -> Result<Appended, RecordError> {
        let number = self.appends.fetch_add(1, Ordering::SeqCst) + 1;
        if number >= self.fails_from.load(Ordering::SeqCst) {
            return Err(RecordError::Unavailable {
                source: "told to fail".into(),
            });
        }
        self.inner.append(items).await
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.items(query).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.inner.records(after, limit).await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.inner.max_record_id().await
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.inner.sequence_ids(after, limit).await
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.inner.delete_record(sequence_id, position).await
    }
}
