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

use super::position_cache::Known;
use super::record_error::record_error;
use super::repair::{AT_A_TIME, RepairReport};
use super::requests::{Ask, Asks, IndexFate};
use super::writer::Writer;
use super::{BulkRead, PositionIndex};
use crate::array::{BigArray, Reference};

/// Half a second: far longer than a position takes to be given, and not long to wait for one that nobody gives.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Where the positions of an application sequence are kept.
pub struct Positions {
    array: BigArray<Option<Reference>>,
    index: Arc<dyn PositionIndex>,
    timeout: Duration,
}

impl Positions {
    /// In an array of references to the items, in the order of their record ids: the record id of an item is one more than
    /// its position; with an index of which items have one. The store of the array has
    /// [`replace_record`](RecordManager::replace_record), or records cannot be deleted.
    #[must_use]
    pub fn new(array: BigArray<Option<Reference>>, index: Arc<dyn PositionIndex>) -> Self {
        Self {
            array,
            index,
            timeout: TIMEOUT,
        }
    }

    /// How long an item may be without a position, or a position be free before others, until somebody else sees to it;
    /// half a second unless told.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// A table of items whose record ids are the positions of a big array.
pub struct PositionedRecords(pub(super) Arc<Parts>);

/// What appends, followers and repairs share.
pub(super) struct Parts {
    pub(super) table: Arc<OpenTable>,
    pub(super) events: Arc<dyn BulkRead>,
    pub(super) array: BigArray<Option<Reference>>,
    pub(super) index: Arc<dyn PositionIndex>,
    pub(super) known: Arc<Known>,
    pub(super) asks: Asks,
    pub(super) timeout: Duration,
    /// For those who look after sequences, so that they leave room for others.
    pub(super) caring: Semaphore,
    notifier: Arc<Notifier>,
}

impl PositionedRecords {
    /// Over a store's table, which has no record ids of its own. Its writer is a task of the runtime that calls this.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unsupported`] where the positions in the sequences are times: references are to whole numbers.
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
        let known = Arc::new(Known::of(array.tree().array_size()));
        let notifier = Arc::<Notifier>::default();
        let writer = Writer {
            array: array.clone(),
            index: index.clone(),
            known: known.clone(),
            notifier: notifier.clone(),
            tail: None,
            owed: Vec::new(),
        };
        Ok(Self(Arc::new(Parts {
            table,
            events,
            array,
            index,
            known,
            asks: Asks::of(|asks| writer.run(asks)),
            timeout,
            caring: Semaphore::new(AT_A_TIME),
            notifier,
        })))
    }

    /// Gives positions to stored items that have none, in the order of their sequences; and puts tombstones at positions
    /// that other programs left free before others. What is younger than the timeout is waited for: somebody may be about to do
    /// it. It looks at the last item of each sequence, and may run while others write.
    ///
    /// A table that was written to without its record ids has them then: all that is in it gets a position.
    ///
    /// # Errors
    ///
    /// Those of the store. What was done until then stays.
    pub async fn repair(&self) -> Result<RepairReport, RecordError> {
        self.0.table.check_open()?;
        self.0.repair().await
    }

    /// The array of references.
    #[must_use]
    pub fn array(&self) -> &BigArray<Option<Reference>> {
        &self.0.array
    }

    /// Repairs in the background what an earlier process has left behind.
    fn begin_repair(&self) {
        let parts = Arc::clone(&self.0);
        tokio::spawn(async move {
            match parts.repair().await {
                Ok(RepairReport {
                    placed: 0,
                    tombstones: 0,
                    ..
                })
                | Err(RecordError::Closed) => {}
                Ok(repaired) => {
                    tracing::info!(table = %parts.table.name, ?repaired, "the application sequence was repaired");
                }
                Err(error) => {
                    tracing::warn!(table = %parts.table.name, %error, "the application sequence is repaired next time");
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

    /// As a task of its own: who drops the future leaves it to its end.
    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        self.0.table.check_open()?;
        self.0.table.check(&items)?;
        if items.is_empty() {
            return Ok(Appended::default());
        }
        let parts = Arc::clone(&self.0);
        let append = tokio::spawn(async move { parts.append(items).await });
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
        self.0.asks.ask(Ask::Advance).await?;
        Ok(RecordId::new(self.0.known.last()))
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

    /// Makes the tables of the items, of the positions and of their index; and begins a [repair](Self::repair).
    async fn setup(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.setup().await?;
        self.0.array.setup().await.map_err(record_error)?;
        self.0.index.setup().await?;
        self.begin_repair();
        Ok(())
    }

    /// Drops the table of the items and the index, and removes the positions; their table may hold other things.
    async fn drop_table(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.drop_table().await?;
        self.0
            .asks
            .ask(|reply| Ask::Clear(IndexFate::Dropped, reply))
            .await
    }

    /// Removes all items and their positions, one after another. Nobody else may have the table open: they would go on behind
    /// positions that are gone.
    async fn truncate(&self) -> Result<(), RecordError> {
        self.0.table.check_open()?;
        self.0.events.truncate().await?;
        self.0
            .asks
            .ask(|reply| Ask::Clear(IndexFate::Emptied, reply))
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

    /// The table of the positions, which may hold other things, stays open.
    async fn close(&self) -> Result<(), RecordError> {
        self.0.table.close();
        self.0.asks.close().await;
        self.0.events.close().await
    }
}
