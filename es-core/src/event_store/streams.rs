//! Streams over all sequences of a store.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use es_store::{Record, RecordError, RecordId, RecordManager, SequencedItem, TimeCursor};
use futures_core::Stream;
use uuid::Uuid;

use super::paged::{self, BoxFuture, PAGE_SIZE, Paged, Pages};
use crate::error::Result;

macro_rules! paged_stream {
    ($(#[$doc:meta])* $name:ident($pages:ident) of $item:ty) => {
        $(#[$doc])*
        pub struct $name(Paged<$pages>);

        impl $name {
            /// Returns the next item, or `None` at the end.
            pub async fn next(&mut self) -> Option<Result<$item>> {
                paged::next(self).await
            }
        }

        impl Stream for $name {
            type Item = Result<$item>;

            fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                Pin::new(&mut self.get_mut().0).poll_next(context)
            }
        }
    };
}

paged_stream! {
    /// A stream of the records of the application sequence, ascending.
    RecordStream(RecordPages) of Record
}

paged_stream! {
    /// A stream of the ids of all sequences, each once, in the store's own order.
    SequenceIdStream(SequenceIdPages) of Uuid
}

paged_stream! {
    /// A stream of the items of all sequences in the order of their times.
    TimeStream(TimePages) of SequencedItem
}

impl RecordStream {
    pub(crate) fn new(
        records: Arc<dyn RecordManager>,
        after: RecordId,
        page_size: NonZeroUsize,
    ) -> Self {
        Self(Paged::new(RecordPages {
            records,
            after,
            page_size: page_size.get(),
        }))
    }
}

impl SequenceIdStream {
    pub(crate) fn new(records: Arc<dyn RecordManager>) -> Self {
        Self(Paged::new(SequenceIdPages {
            records,
            after: None,
        }))
    }
}

impl TimeStream {
    pub(crate) fn new(records: Arc<dyn RecordManager>, after: Option<TimeCursor>) -> Self {
        Self(Paged::new(TimePages { records, after }))
    }
}

struct RecordPages {
    records: Arc<dyn RecordManager>,
    after: RecordId,
    page_size: usize,
}

impl Pages for RecordPages {
    type Item = Record;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<Record>>> {
        let (records, after, limit) = (Arc::clone(&self.records), self.after, self.page_size);
        Box::pin(async move { Ok(records.records(after, limit).await?) })
    }

    fn advance(&mut self, page: &[Record]) -> bool {
        self.after = page.last().map_or(self.after, |last| last.id);
        page.len() == self.page_size
    }
}

struct SequenceIdPages {
    records: Arc<dyn RecordManager>,
    after: Option<Uuid>,
}

impl Pages for SequenceIdPages {
    type Item = Uuid;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<Uuid>>> {
        let (records, after) = (Arc::clone(&self.records), self.after);
        Box::pin(async move { Ok(records.sequence_ids(after, PAGE_SIZE).await?) })
    }

    fn advance(&mut self, page: &[Uuid]) -> bool {
        self.after = page.last().copied().or(self.after);
        page.len() == PAGE_SIZE
    }
}

struct TimePages {
    records: Arc<dyn RecordManager>,
    after: Option<TimeCursor>,
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
        self.after = page.last().and_then(TimeCursor::from_item).or(self.after);
        page.len() == PAGE_SIZE
    }
}
