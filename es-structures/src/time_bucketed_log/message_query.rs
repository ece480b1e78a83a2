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

/// A question to a log: narrow it down, then await it for a list, or take it as a stream.
///
/// Bounds are times; all that are given hold together. Each bucket between them is one sequence and is asked for, so
/// that the fewer and larger the buckets, the fewer the questions.
#[must_use = "a query does nothing until it is awaited or streamed"]
pub struct MessageQuery {
    log: Uuid,
    bucket_size: BucketSize,
    started_on: Timestamp,
    /// What is asked of each bucket.
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

    /// Only after this time.
    pub fn gt(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.gt(time);
        self
    }

    /// Only from this time on.
    pub fn gte(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.gte(time);
        self
    }

    /// Only before this time.
    pub fn lt(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.lt(time);
        self
    }

    /// Only up to this time, which is included.
    pub fn lte(mut self, time: Timestamp) -> Self {
        self.bucket = self.bucket.lte(time);
        self
    }

    /// As many at most, over all buckets, counted from the end at which the order begins.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// From the earliest on.
    pub fn ascending(mut self) -> Self {
        self.bucket = self.bucket.ascending();
        self.order = Order::Ascending;
        self
    }

    /// From the latest back, as it is unless told.
    pub fn descending(mut self) -> Self {
        self.bucket = self.bucket.descending();
        self.order = Order::Descending;
        self
    }

    /// How many are fetched at a time; 1,000 unless told. At most two pages are in memory.
    pub fn page_size(mut self, page_size: NonZeroUsize) -> Self {
        self.page_size = page_size.get();
        self
    }

    /// One after another, in flat memory.
    #[must_use]
    pub fn stream(self) -> MessageStream {
        MessageStream(Paged::new(BucketPages::new(self)))
    }

    /// The first that the query finds.
    pub async fn first(self) -> Result<Option<StandaloneEvent<MessageLogged>>> {
        self.limit(1).stream().next().await.transpose()
    }

    /// The earliest and the latest bucket to look into.
    fn ends(&self) -> (TimeBucket, TimeBucket) {
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

/// The messages that a query finds, one after another. It ends after an error.
pub struct MessageStream(Paged<BucketPages>);

impl MessageStream {
    /// The next one.
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

/// Pages of one bucket after another, in the order asked for.
struct BucketPages {
    query: MessageQuery,
    /// Where the next page lies; none where all buckets are read.
    place: Option<Place>,
    last: TimeBucket,
}

#[derive(Clone, Copy)]
struct Place {
    bucket: TimeBucket,
    /// The time of the last message of the bucket that was read.
    after: Option<Timestamp>,
}

impl BucketPages {
    fn new(query: MessageQuery) -> Self {
        let (earliest, latest) = query.ends();
        let (first, last) = match query.order {
            Order::Ascending => (earliest, latest),
            Order::Descending => (latest, earliest),
        };
        let is_empty = earliest.start() > latest.start();
        let place = (!is_empty).then_some(Place {
            bucket: first,
            after: None,
        });
        Self { query, place, last }
    }

    /// How many the next page holds at most.
    fn next_len(&self) -> usize {
        let left = self.query.limit.unwrap_or(usize::MAX);
        left.min(self.query.page_size)
    }

    /// Where to read on after the bucket.
    fn next_bucket(&self, bucket: TimeBucket) -> Option<Place> {
        let next = match self.query.order {
            Order::Ascending => bucket.next(),
            Order::Descending => bucket.previous(),
        };
        (bucket != self.last).then_some(Place {
            bucket: next,
            after: None,
        })
    }
}

impl Pages for BucketPages {
    type Item = StandaloneEvent<MessageLogged>;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<Self::Item>>> {
        let (Some(place), len @ 1..) = (self.place, self.next_len()) else {
            return Box::pin(std::future::ready(Ok(Vec::new())));
        };
        let sequence = self.query.bucket.clone();
        let mut page = sequence
            .with_sequence_id(place.bucket.id(self.query.log))
            .limit(len);
        if let Some(after) = place.after {
            page = match self.query.order {
                Order::Ascending => page.gt(after),
                Order::Descending => page.lt(after),
            };
        }
        Box::pin(async move {
            // A store that answers at once would keep the thread through a long row of empty buckets.
            tokio::task::consume_budget().await;
            page.await
        })
    }

    fn advance(&mut self, page: &[Self::Item]) -> bool {
        let is_full = page.len() == self.next_len();
        if let Some(limit) = &mut self.query.limit {
            *limit -= page.len();
        }
        self.place = self.place.and_then(|place| {
            if is_full {
                let after = page.last().and_then(|last| last.header().timestamp);
                Some(Place { after, ..place })
            } else {
                self.next_bucket(place.bucket)
            }
        });
        self.place.is_some() && self.next_len() > 0
    }
}
