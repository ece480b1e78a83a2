//! Logs over big arrays, whose items are any JSON values; among them notifications by reference.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_core::error::{NotificationError, Result};
use es_core::notification_log::{
    NotificationLog, Numbered, POLL_INTERVAL, Section, SectionItem, SectionRequest, SectionSize,
    SectionState,
};
use es_json as json;
use es_store::{RecordId, Text};
use serde_json::value::RawValue;

use super::stop_at_gap::Holding;
use crate::array::Reference;

/// An array of items at positions from 0, as large as anyone needs: a [`BigArray`](crate::array::BigArray), or
/// what stands for one.
#[async_trait]
pub trait ItemArray: Send + Sync + 'static {
    /// How many items one of the arrays holds that it is made of. Sections lie within one.
    fn array_size(&self) -> u64;

    /// The position after the highest that is taken; 0 where there is none.
    async fn next_position(&self) -> Result<u64>;

    /// The canonical JSON of the items at these positions, one each; `None` where a position is free.
    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Text>>>;
}

/// An item of a log over a big array.
///
/// A position that was given out and not written (yet) is a hole, an item without JSON: `null` in a section. It may be
/// filled later. A reader hands it over, so that nobody passes it unknowingly; who wants to wait for it seeks back, or reads
/// a log that is [holding](ArrayNotificationLog::stop_at_gaps).
///
/// A tombstone, which a [`Settler`](crate::array::Settler) puts where nothing comes any more, is `null` as well. A
/// section of a remote log does not tell the two apart; one of a holding log has tombstones alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayItem {
    /// The number in the log: the position in the array, plus 1.
    pub record_id: RecordId,
    /// The canonical JSON; none in a hole. That of a tombstone is `null`, or none where it comes from a remote log.
    pub json: Option<Text>,
}

/// The JSON of a tombstone.
const NULL: &str = "null";

impl ArrayItem {
    /// Reads the item as the reference that it is; none in a hole, and none in a tombstone.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`] where it is something else.
    pub fn reference(&self) -> Result<Option<Reference>> {
        let text = self.json.as_deref().filter(|text| *text != NULL);
        let reference = text.map(json::from_str).transpose();
        reference.map_err(|error| {
            let reason = format!("item {} is no reference: {error}", self.record_id);
            NotificationError::malformed(reason).into()
        })
    }
}

impl Numbered for ArrayItem {
    fn record_id(&self) -> RecordId {
        self.record_id
    }
}

impl SectionItem for ArrayItem {
    type Wire<'de> = Option<&'de RawValue>;

    fn is_gap(&self) -> bool {
        self.json.is_none()
    }

    fn write_json(&self, out: &mut String) {
        out.push_str(self.json.as_deref().unwrap_or(NULL));
    }

    fn from_wire(record_id: RecordId, wire: Option<&RawValue>) -> Result<Self> {
        let canonical = |raw: &RawValue| {
            json::canonical(raw.get())
                .map(Text::from)
                .map_err(|error| NotificationError::malformed(error.to_string()))
        };
        Ok(Self {
            record_id,
            json: wire.map(canonical).transpose()?,
        })
    }
}

/// The notification log of a big array.
#[derive(Clone)]
pub struct ArrayNotificationLog {
    array: Arc<dyn ItemArray>,
    size: SectionSize,
    poll_every: Duration,
}

impl ArrayNotificationLog {
    /// Over an array, with sections of this size.
    ///
    /// # Errors
    ///
    /// [`NotificationError::SectionSizeMismatch`] where it does not divide the array size.
    pub fn new(array: Arc<dyn ItemArray>, size: SectionSize) -> Result<Self> {
        if !divides(size, array.array_size()) {
            return Err(NotificationError::SectionSizeMismatch {
                section_size: size.get(),
                array_size: array.array_size(),
            }
            .into());
        }
        Ok(Self {
            array,
            size,
            poll_every: POLL_INTERVAL,
        })
    }

    /// Ends before the first hole, in each of its sections: a reader waits there until the position is filled, by its
    /// writer or by a [`Settler`](crate::array::Settler), and no item comes after a later one was read. Tombstones
    /// are passed; they have no [`reference`](ArrayItem::reference).
    ///
    /// The array is read from its beginning to find the first hole, once for each log that is made; see
    /// [`stop_at_gaps_from`](Self::stop_at_gaps_from). After that, each new item is read once more.
    #[must_use]
    pub fn stop_at_gaps(self) -> Self {
        self.stop_at_gaps_from(0)
    }

    /// The same for the holes from this position on: those below it are handed over as items without JSON. It is one up
    /// to which nothing is open, such as that of a reader that was held before, or
    /// [`SettleReport::below`](crate::array::SettleReport::below).
    #[must_use]
    pub fn stop_at_gaps_from(mut self, position: u64) -> Self {
        self.array = Arc::new(Holding::new(self.array, position));
        self
    }

    /// How often followers look for new items; four times a second unless told.
    #[must_use]
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }
}

fn divides(size: SectionSize, array_size: u64) -> bool {
    array_size.is_multiple_of(size.get())
}

#[async_trait]
impl NotificationLog<ArrayItem> for ArrayNotificationLog {
    async fn section(&self, request: SectionRequest) -> Result<Section<ArrayItem>> {
        let wished = request
            .size
            .filter(|size| divides(*size, self.array.array_size()));
        let next_position = self.array.next_position().await?;
        let id = request.resolve(RecordId::new(next_position), wished.unwrap_or(self.size));
        let start = id.first().previous().get();
        let stop = id.last().get().min(next_position);
        let found = if start < stop {
            self.array.items(start..stop).await?
        } else {
            Vec::new()
        };
        let numbered = id.first().successors().zip(found);
        let items = numbered
            .map(|(record_id, json)| ArrayItem { record_id, json })
            .collect();
        let state = if id.last().get() <= next_position {
            SectionState::Archived
        } else {
            SectionState::Open
        };
        Ok(Section::new(id, items, state))
    }

    async fn changed(&self, after: RecordId) {
        while matches!(self.array.next_position().await, Ok(next) if next <= after.get()) {
            tokio::time::sleep(self.poll_every).await;
        }
    }
}
