//! Streams over a whole store.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use es_store::{Record, RecordId, RecordManager};
use futures_core::Stream;
use uuid::Uuid;

use super::paged::{self, BoxFuture, PAGE_SIZE, Paged, Pages};
use crate::error::Result;

macro_rules! paged_stream {
    ($(#[$doc:meta])* $name:ident($pages:ident) of $item:ty) => {
        $(#[$doc])*
        pub struct $name(Paged<$pages>);

        impl $name {
            /// The next one.
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
    /// The records of the application sequence, ascending.
    RecordStream(RecordPages) of Record
}

paged_stream! {
    /// The ids of a store's sequences, each once, in an order that is the store's own.
    SequenceIdStream(SequenceIdPages) of Uuid
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
