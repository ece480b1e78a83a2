//! All items of a table in the order of their times.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use es_store::{RecordError, RecordManager, SequencedItem, TimePlace};
use futures_core::Stream;
use uuid::Uuid;

use super::paged::{self, BoxFuture, PAGE_SIZE, Paged, Pages};
use crate::error::Result;

/// The items of a table in the order of their times.
pub struct TimeStream(Paged<TimePages>);

impl TimeStream {
    pub(crate) fn new(records: Arc<dyn RecordManager>, after: Option<TimePlace>) -> Self {
        Self(Paged::new(TimePages { records, after }))
    }

    /// The next one.
    pub async fn next(&mut self) -> Option<Result<SequencedItem>> {
        paged::next(self).await
    }
}

impl Stream for TimeStream {
    type Item = Result<SequencedItem>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.get_mut().0).poll_next(context)
    }
}

struct TimePages {
    records: Arc<dyn RecordManager>,
    after: Option<TimePlace>,
}

impl Pages for TimePages {
    type Item = SequencedItem;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<SequencedItem>>> {
        let (records, after) = (Arc::clone(&self.records), self.after);
        Box::pin(async move {
            let ordered = records.time_ordered();
            let ordered = ordered.ok_or(RecordError::unsupported("items_by_time"))?;
            Ok(ordered.items_by_time(after, PAGE_SIZE).await?)
        })
    }

    fn advance(&mut self, page: &[SequencedItem]) -> bool {
        self.after = page.last().and_then(TimePlace::from_item).or(self.after);
        page.len() == PAGE_SIZE
    }
}
