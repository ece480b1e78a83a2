//! The notification log of a big array. Its items are any JSON values, for example references to events.

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

use super::stop_at_gap::StopAtGap;
use crate::array::Reference;

/// The source of an [`ArrayNotificationLog`]: a [`BigArray`](crate::array::BigArray), or another array of JSON values at
/// positions from 0.
#[async_trait]
pub trait ItemArray: Send + Sync + 'static {
    /// Returns the size of the base arrays. A section lies in one of them, so its size divides this one.
    fn array_size(&self) -> u64;

    /// Returns the position after the highest that is taken; 0 if the array is empty.
    async fn next_position(&self) -> Result<u64>;

    /// Returns the canonical JSON of the item at each of these positions; `None` for a free position.
    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Text>>>;
}

/// An item of a log over a big array.
///
/// A free position below a taken one is a hole: an item without JSON, `null` in a section. It may be filled later. Readers
/// return holes, so that a caller can wait: it seeks back, or it reads a log that
/// [stops at gaps](ArrayNotificationLog::stop_at_gaps).
///
/// A tombstone, with which a [`Settler`](crate::array::Settler) fills an abandoned hole, is `null` as well. Sections of a
/// remote log do not distinguish the two. A log that stops at gaps has only tombstones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayItem {
    /// The record id in the log: the position in the array plus 1.
    pub record_id: RecordId,
    /// The canonical JSON; `None` for a hole. A tombstone is `null`, or `None` if it comes from a remote log.
    pub json: Option<Text>,
}

/// The JSON of a tombstone.
const NULL: &str = "null";

impl ArrayItem {
    /// Parses the item as a reference; `None` for a hole or a tombstone.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`] if it is something else.
    pub fn reference(&self) -> Result<Option<Reference>> {
        let text = self.json.as_deref().filter(|text| *text != NULL);
        let reference = text.map(json::from_str).transpose();
        reference.map_err(|error| {
            let reason = format!("item {} is not a reference: {error}", self.record_id);
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

/// A notification log over a big array.
#[derive(Clone)]
pub struct ArrayNotificationLog {
    array: Arc<dyn ItemArray>,
    size: SectionSize,
    poll_every: Duration,
}

impl ArrayNotificationLog {
    /// Creates the log of an array, with sections of this size.
    ///
    /// # Errors
    ///
    /// [`NotificationError::SectionSizeMismatch`] if the section size does not divide the array size.
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

    /// Makes the log end before the first hole. Readers wait until its writer or a [`Settler`](crate::array::Settler) fills
    /// it, so they read every item in the order of positions. They pass tombstones, which have no
    /// [`reference`](ArrayItem::reference).
    ///
    /// Each log reads the array once from the start to find the first hole; use
    /// [`stop_at_gaps_from`](Self::stop_at_gaps_from) to avoid that. Each new item is then read twice.
    #[must_use]
    pub fn stop_at_gaps(self) -> Self {
        self.stop_at_gaps_from(0)
    }

    /// Makes the log end before the first hole from this position on. Holes below it are returned as items without JSON.
    ///
    /// Pass a position below which none is free: that of a reader of such a log, or
    /// [`SettleReport::settled_below`](crate::SettleReport::settled_below).
    #[must_use]
    pub fn stop_at_gaps_from(mut self, position: u64) -> Self {
        self.array = Arc::new(StopAtGap::new(self.array, position));
        self
    }

    /// Sets the interval at which followers poll for new items. Default: a quarter of a second.
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
