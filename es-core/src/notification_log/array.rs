//! Logs over big arrays, whose items are any JSON values; among them notifications by reference.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::log::POLL_INTERVAL;
use super::{
    Growth, NotificationError, NotificationLog, Section, SectionItem, SectionRequest, SectionSize,
};
use crate::error::Result;
use crate::infrastructure::Reference;
use crate::json;

/// An array of items at positions from 0, as large as anyone needs: a [`BigArray`](crate::infrastructure::BigArray), or
/// what stands for one.
#[async_trait]
pub trait ItemArray: Send + Sync + 'static {
    /// How many items one of the arrays holds that it is made of. Sections lie within one.
    fn array_size(&self) -> u64;

    /// The position after the highest that is taken; 0 where there is none.
    async fn next_position(&self) -> Result<u64>;

    /// The canonical JSON of the items at these positions, one each; `None` where a position is free.
    async fn items(&self, positions: Range<u64>) -> Result<Vec<Option<Arc<str>>>>;
}

/// An item of a log over a big array.
///
/// A position that was given out and not written (yet) is a hole, an item without JSON: `null` in a section. It may be
/// filled later. A reader hands it over, so that nobody passes it unknowingly; who wants to wait for it seeks back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrayItem {
    /// The number in the log: the position in the array, plus 1.
    pub number: u64,
    /// The canonical JSON; none in a hole.
    pub json: Option<Arc<str>>,
}

impl ArrayItem {
    /// Reads the item as the reference that it is; none in a hole.
    ///
    /// # Errors
    ///
    /// [`NotificationError::MalformedSection`] where it is something else.
    pub fn reference(&self) -> Result<Option<Reference>> {
        let read = |text: &Arc<str>| json::from_str(text);
        let reference = self.json.as_ref().map(read).transpose();
        reference.map_err(|error| {
            let reason = format!("item {} is no reference: {error}", self.number);
            NotificationError::malformed(reason).into()
        })
    }
}

impl SectionItem for ArrayItem {
    type Wire<'de> = Option<&'de RawValue>;

    fn number(&self) -> u64 {
        self.number
    }

    fn is_hole(&self) -> bool {
        self.json.is_none()
    }

    fn write_json(&self, out: &mut String) {
        out.push_str(self.json.as_deref().unwrap_or("null"));
    }

    fn from_wire(number: u64, wire: Option<&RawValue>) -> Result<Self> {
        let canonical = |raw: &RawValue| {
            json::canonical(raw.get())
                .map(Arc::from)
                .map_err(|error| NotificationError::malformed(error.to_string()))
        };
        Ok(Self {
            number,
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
    /// [`NotificationError::UnfitSectionSize`] where it does not divide the array size.
    pub fn new(array: Arc<dyn ItemArray>, size: SectionSize) -> Result<Self> {
        if !divides(size, array.array_size()) {
            return Err(NotificationError::UnfitSectionSize {
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
        let id = request.resolve(next_position, wished.unwrap_or(self.size));
        let start = id.first() - 1;
        let stop = id.last().min(next_position);
        let found = if start < stop {
            self.array.items(start..stop).await?
        } else {
            Vec::new()
        };
        let numbered = (id.first()..).zip(found);
        let items = numbered
            .map(|(number, json)| ArrayItem { number, json })
            .collect();
        let growth = if id.last() <= next_position {
            Growth::Archived
        } else {
            Growth::Open
        };
        Ok(Section::new(id, items, growth))
    }

    async fn changed(&self, after: u64) {
        while matches!(self.array.next_position().await, Ok(next) if next <= after) {
            tokio::time::sleep(self.poll_every).await;
        }
    }
}
