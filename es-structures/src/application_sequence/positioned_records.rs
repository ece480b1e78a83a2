//! A record manager whose record ids are positions in a big array.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::kit::OpenTable;
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Notifier, Position, PositionKind, Record,
    RecordError, RecordId, RecordIds, RecordManager, SequencedItem, Table, TableAdministration,
    WakeUp,
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::position_cache::PositionCache;
use super::record_error::record_error;
use super::repair::{CONCURRENT_REPAIRS, RepairReport};
use super::requests::{IndexCleanup, Request, WriterHandle};
use super::writer::Writer;
use super::{BulkRead, PositionIndex};
use crate::array::{BigArray, Reference};

/// Default timeout: far longer than assigning a position takes, and a short wait for one that a crash prevented.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The array and the index of the positions of an application sequence.
pub struct Positions {
    array: BigArray<Option<Reference>>,
    index: Arc<dyn PositionIndex>,
    timeout: Duration,
}

impl Positions {
    /// Uses an array of references to the items, and an index from the items to their positions in it.
    ///
    /// Deletions need [`replace_record`](TableAdministration::replace_record) of the array's store.
    #[must_use]
    pub fn new(array: BigArray<Option<Reference>>, index: Arc<dyn PositionIndex>) -> Self {
        Self {
            array,
            index,
            timeout: TIMEOUT,
        }
    }

    /// Sets the time for which another process may leave an item without a position, or a position free before taken ones,
    /// until this process fills it in. Default: half a second.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// A table of items whose record ids are positions in a big array.
///
/// See the [module](super) for the protocol.
pub struct PositionedRecords(pub(super) Arc<Inner>);

/// The state that appends, followers and repairs share.
pub(super) struct Inner {
    pub(super) table: Arc<OpenTable>,
    pub(super) events: Arc<dyn BulkRead>,
    pub(super) array: BigArray<Option<Reference>>,
    pub(super) index: Arc<dyn PositionIndex>,
    pub(super) cache: Arc<PositionCache>,
    pub(super) writer: WriterHandle,
    pub(super) timeout: Duration,
    /// Limits the background repairs, so that they leave room for other work.
    pub(super) background_repairs: Semaphore,
    notifier: Arc<Notifier>,
}

impl PositionedRecords {
    /// Adds record ids to a store's table, which has none of its own. The writer is a task of the current runtime.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] if positions in the sequences are times: references hold whole numbers.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn new(
        table: Arc<OpenTable>,
        events: Arc<dyn BulkRead>,
        positions: Positions,
    ) -> Result<Self, RecordError> {
        if table.position_kind != PositionKind::Integer {
            return Err(RecordError::unsupported(
                "record ids of a table whose positions are times",
            ));
        }
        let Positions {
            array,
            index,
            timeout,
        } = positions;
        let cache = Arc::new(PositionCache::new(array.tree().array_size()));
        let notifier = Arc::<Notifier>::default();
        let writer = Writer {
            array: array.clone(),
            index: index.clone(),
            cache: cache.clone(),
            notifier: notifier.clone(),
            appender: None,
            backlog: Vec::new(),
        };
        Ok(Self(Arc::new(Inner {
            table,
            events,
            array,
            index,
            cache,
            writer: WriterHandle::spawn(|requests| writer.run(requests)),
            timeout,
            background_repairs: Semaphore::new(CONCURRENT_REPAIRS),
            notifier,
        })))
    }

    /// Assigns positions to stored items that have none, in the order of their sequences, and puts tombstones at positions
    /// that other programs left free.
    ///
    /// It reads the last item of each sequence. It waits for the timeout before it fills anything in, because another
    /// process may be about to do so. Other processes may write meanwhile.
    ///
    /// If the table was filled without record ids, all its items get positions.
    ///
    /// # Errors
    ///
    /// Those of the store. The part that was done stays.
    pub async fn repair(&self) -> Result<RepairReport, RecordError> {
        self.0.table.check_open()?;
        self.0.repair().await
    }

    /// Returns the array of references.
    #[must_use]
    pub fn array(&self) -> &BigArray<Option<Reference>> {
        &self.0.array
    }

    /// Starts a repair in the background, for items that an earlier process left without positions.
    fn begin_repair(&self) {
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            match inner.repair().await {
                Ok(RepairReport {
                    placed: 0,
                    tombstones: 0,
                    ..
                })
                | Err(RecordError::Closed) => {}
                Ok(report) => {
                    tracing::info!(table = %inner.table.name, ?report, "repaired the application sequence");
                }
                Err(error) => {
                    tracing::warn!(
                        table = %inner.table.name,
                        %error,
                        "cannot repair the application sequence; retrying when the table is set up again"
                    );
                }
            }
        });
    }
}

#[async_trait]
impl RecordManager for PositionedRecords {
    fn capabilities(&self) -> Capabilities {
        let mut capabilities = self.0.events.capabilities();
        capabilities.record_ids = RecordIds::Contiguous;
        capabilities
    }

    fn wake_up(&self) -> WakeUp {
        self.0.notifier.subscribe()
    }

    /// Appends in a separate task, which completes even if the caller drops the future.
    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.0.table.check_open()?;
        self.0.table.check(&items)?;
        if items.is_empty() {
            return Ok(Appended::default());
        }
        let inner = Arc::clone(&self.0);
        let append = tokio::spawn(async move { inner.append(items).await });
        append.await.unwrap_or_else(|error| {
            Err(RecordError::Unknown {
                source: error.into(),
            })
        })
    }

    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        self.0.table.check_open()?;
        self.0.events.items(query).await
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        self.0.table.check_open()?;
        self.0.records(after, limit).await
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        self.0.table.check_open()?;
        self.0.writer.call(Request::CatchUp).await?;
        Ok(RecordId::new(self.0.cache.max_record_id()))
    }

    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        self.0.table.check_open()?;
        self.0.events.sequence_ids(after, limit).await
    }
}

#[async_trait]
impl TableAdministration for PositionedRecords {
    fn table(&self) -> Option<&Table> {
        Some(&self.0.table)
    }

    /// Creates the tables of the items, of the array and of the index, and starts a [repair](Self::repair).
    async fn setup(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.setup().await?;
        self.0.array.setup().await.map_err(record_error)?;
        self.0.index.setup().await?;
        self.begin_repair();
        Ok(())
    }

    /// Drops the table of the items and the index, and removes the references from their table, which may hold other arrays.
    async fn drop_table(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.drop_table().await?;
        self.0
            .writer
            .call(|reply| Request::Clear(IndexCleanup::Drop, reply))
            .await
    }

    /// Removes all items and, one by one, their references. No other process may have the table open: it would continue
    /// after positions that no longer exist.
    async fn truncate(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.truncate().await?;
        self.0
            .writer
            .call(|reply| Request::Clear(IndexCleanup::Truncate, reply))
            .await
    }

    async fn delete_record(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<bool, RecordError> {
        self.0.table.check_open()?;
        self.0.delete(sequence_id, position).await
    }

    fn notify_followers(&self) {
        self.0.notifier.notify();
    }

    /// Closes the table of the items. The table of the array stays open, because it may hold other arrays.
    async fn close(&self) -> Result<(), RecordError> {
        self.0.table.close();
        self.0.writer.close().await;
        self.0.events.close().await
    }
}
