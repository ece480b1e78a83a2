//! The store trait.

use async_trait::async_trait;
use uuid::Uuid;

use crate::administration::TableAdministration;
use crate::append::Append;
use crate::appended::Appended;
use crate::capabilities::Capabilities;
use crate::error::RecordError;
use crate::item_query::ItemQuery;
use crate::record_id::RecordId;
use crate::sequenced_item::{Record, SequencedItem};
use crate::time_ordered::TimeOrdered;
use crate::wake_up::WakeUp;

/// Appends and reads the sequenced items of one table, as stored text.
///
/// A store implements this trait and [`TableAdministration`], keeps the contract below, and runs the contract suite of
/// `es-testing` (feature `store`). The layers above (mapping, paging, streams, replay) are written once, over
/// `Arc<dyn RecordManager>`.
///
/// # Contract
///
/// 1. An append is all or nothing, even if the process or the server dies in the middle.
/// 2. An append is a [`RecordError::Conflict`] and writes nothing if the position of an item is taken in its sequence, by a
///    stored item or by an earlier item of the same append. The database's constraint decides, not an earlier read.
/// 3. `Ok` means durable: later reads see the items, also after a crash.
/// 4. Record ids, if [`Capabilities::record_ids`] promises them, are 1, 2, 3 … without a hole, in the order in which appends
///    became visible. The ids of one append are consecutive. A reader that has seen id *n* can see every id below *n*.
/// 5. If the store cannot tell whether an append was kept, it reads back what is stored. It answers
///    [`RecordError::Unknown`] only if that is impossible.
/// 6. Reads return the stored text unchanged. A read returns as many items as its limit, or all that there are: a shorter
///    answer means that there are no more.
/// 7. If the caller drops the future of an append, the store keeps either the whole append or nothing.
#[async_trait]
pub trait RecordManager: TableAdministration {
    /// Returns the capabilities of this store.
    fn capabilities(&self) -> Capabilities;

    /// Returns a signal for followers of new records.
    ///
    /// A store that cannot signal lets its followers poll.
    fn wake_up(&self) -> WakeUp {
        WakeUp::by_polling()
    }

    /// Returns the reads in the order of time, if the store supports them.
    fn time_ordered(&self) -> Option<&dyn TimeOrdered> {
        None
    }

    /// Stores everything in `append`, or nothing. An empty append does nothing.
    ///
    /// # Errors
    ///
    /// [`RecordError::Conflict`] if a position is taken; the others say whether a retry may help.
    async fn append(&self, append: Append) -> Result<Appended, RecordError>;

    /// Returns items of one sequence, in the order of the query.
    ///
    /// # Errors
    ///
    /// [`RecordError::Invalid`] if a bound is of another kind than the positions of the table.
    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError>;

    /// Returns records with ids above `after`, ascending, at most `limit`.
    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError>;

    /// Returns the greatest record id; 0 if there are no records.
    async fn max_record_id(&self) -> Result<RecordId, RecordError>;

    /// Returns the ids of sequences after `after`, each once, in the store's own order, at most `limit`.
    async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError>;
}
