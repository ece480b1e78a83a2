//! Queries for the messages of a time-bucketed log.

use std::future::IntoFuture;
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::pin::Pin;
use std::task::{Context, Poll};

use es_core::domain::StandaloneEvent;
use es_core::error::Result;
use es_core::event_store::{PAGE_SIZE, SequenceQuery};
use es_core::internal::{BoxFuture, Paged, Pages, paged};
use es_store::{Order, Position, Timestamp};
use futures_core::Stream;
use uuid::Uuid;

use super::LogMessages;
use super::log::MessageLogged;
use super::time_bucket::{BucketSize, TimeBucket};

/// A query for messages of a log. Add bounds and a limit, then await it for a list or read it as a stream.
///
/// Bounds are times, and all given bounds apply. Each bucket between them is a sequence and takes a separate query, so
/// larger buckets take fewer queries.
#[must_use = "a query does nothing until it is awaited or streamed"]
pub struct MessageQuery {
    log: Uuid,
    bucket_size: BucketSize,
    started_on: Timestamp,
    /// The query for each bucket.
    bucket: SequenceQuery<StandaloneEvent<MessageLogged>>,
    order: Order,
    limit: Option<usize>,
    page_size: usize,
}

impl MessageQuery {
    pub(super) fn new(messages: &LogMessages) -> Self {
        Self {
            log: messages.name,
            bucket_size: messages.bucket_size,
            started_on: messages.started_on,
            bucket: messages.store.standalone_events(Uuid::nil()).descending(),
            order: Order::Descending,
            limit: None,
            page_size: PAGE_SIZE,
        }
    }

    /// Includes only messages after this time.
    pub fn gt(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.gt(time);
        self
    }

    /// Includes only messages at or after this time.
    pub fn gte(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.gte(time);
        self
    }

    /// Includes only messages before this time.
    pub fn lt(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.lt(time);
        self
    }

    /// Includes only messages at or before this time.
    pub fn lte(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.lte(time);
        self
    }

    /// Limits the number of messages over all buckets, counted from the start of the order.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Orders messages from the earliest to the latest.
    pub fn ascending(mut self) -> Self {
        self.bucket = self.bucket.ascending();
        self.order = Order::Ascending;
        self
    }

    /// Orders messages from the latest to the earliest. This is the default.
    pub fn descending(mut self) -> Self {
        self.bucket = self.bucket.descending();
        self.order = Order::Descending;
        self
    }

    /// Sets the number of messages that are fetched at a time. Default: 1,000. At most two pages are in memory.
    pub fn page_size(mut self, page_size: NonZeroUsize) -> Self {
        self.page_size = page_size.get();
        self
    }

    /// Returns the messages as a stream, in constant memory.
    #[must_use]
    pub fn stream(self) -> MessageStream {
        MessageStream(Paged::new(BucketPages::new(self)))
    }

    /// Returns the first message of the query; `None` if there is none.
    pub async fn first(self) -> Result<Option<StandaloneEvent<MessageLogged>>> {
        self.limit(1).stream().next().await.transpose()
    }

    /// Returns the earliest and the latest bucket that may hold messages of the query.
    fn bucket_range(&self) -> (TimeBucket, TimeBucket) {
        let (lower, upper) = self.bucket.bounds();
        let earliest = time_of(lower).map_or(self.started_on, |time| time.max(self.started_on));
        let now = Timestamp::now();
        let latest = time_of(upper).map_or(now, |time| time.min(now));
        let containing = |time| TimeBucket::containing(time, self.bucket_size);
        (containing(earliest), containing(latest))
    }
}

fn time_of(bound: Bound<Position>) -> Option<Timestamp> {
    match bound {
        Bound::Included(Position::Timestamp(time)) | Bound::Excluded(Position::Timestamp(time)) => {
            Some(time)
        }
        _ => None,
    }
}

impl IntoFuture for MessageQuery {
    type Output = Result<Vec<StandaloneEvent<MessageLogged>>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut stream = self.stream();
            let mut all = Vec::new();
            while let Some(message) = stream.next().await {
                all.push(message?);
            }
            Ok(all)
        })
    }
}

/// A stream of the messages of a [`MessageQuery`]. It ends after an error.
pub struct MessageStream(Paged<BucketPages>);

impl MessageStream {
    /// Returns the next message; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<StandaloneEvent<MessageLogged>>> {
        paged::next(self).await
    }
}

impl Stream for MessageStream {
    type Item = Result<StandaloneEvent<MessageLogged>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.get_mut().0).poll_next(context)
    }
}

/// The pages of one bucket after another, in the order of the query.
struct BucketPages {
    query: MessageQuery,
    /// The start of the next page; `None` after the last bucket.
    cursor: Option<Cursor>,
    last: TimeBucket,
}

#[derive(Clone, Copy)]
struct Cursor {
    bucket: TimeBucket,
    /// The time of the last message that was read from the bucket.
    after: Option<Timestamp>,
}

impl BucketPages {
    fn new(query: MessageQuery) -> Self {
        let (earliest, latest) = query.bucket_range();
        let (first, last) = match query.order {
            Order::Ascending => (earliest, latest),
            Order::Descending => (latest, earliest),
        };
        let is_empty = earliest.start() > latest.start();
        let cursor = (!is_empty).then_some(Cursor {
            bucket: first,
            after: None,
        });
        Self {
            query,
            cursor,
            last,
        }
    }

    /// Returns the maximum length of the next page.
    fn next_len(&self) -> usize {
        let left = self.query.limit.unwrap_or(usize::MAX);
        left.min(self.query.page_size)
    }

    /// Returns the start of the bucket that follows in the order of the query.
    fn next_bucket(&self, bucket: TimeBucket) -> Option<Cursor> {
        let next = match self.query.order {
            Order::Ascending => bucket.next(),
            Order::Descending => bucket.previous(),
        };
        (bucket != self.last).then_some(Cursor {
            bucket: next,
            after: None,
        })
    }
}

impl Pages for BucketPages {
    type Item = StandaloneEvent<MessageLogged>;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<Self::Item>>> {
        let (Some(cursor), len @ 1..) = (self.cursor, self.next_len()) else {
            return Box::pin(std::future::ready(Ok(Vec::new())));
        };
        let sequence = self.query.bucket.clone();
        let mut page = sequence
            .with_sequence_id(cursor.bucket.id(self.query.log))
            .limit(len);
        if let Some(after) = cursor.after {
            page = match self.query.order {
                Order::Ascending => page.gt(after),
                Order::Descending => page.lt(after),
            };
        }
        Box::pin(async move {
            // A store that answers without waiting would otherwise block the thread for many empty buckets.
            tokio::task::consume_budget().await;
            page.await
        })
    }

    fn advance(&mut self, page: &[Self::Item]) -> bool {
        let is_full = page.len() == self.next_len();
        if let Some(limit) = &mut self.query.limit {
            *limit -= page.len();
        }
        self.cursor = self.cursor.and_then(|cursor| {
            if is_full {
                let after = page.last().and_then(|last| last.header().timestamp);
                Some(Cursor { after, ..cursor })
            } else {
                self.next_bucket(cursor.bucket)
            }
        });
        self.cursor.is_some() && self.next_len() > 0
    }
}
