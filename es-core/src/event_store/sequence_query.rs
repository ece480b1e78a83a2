//! Queries for the events or items of a sequence.

use std::future::IntoFuture;
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use es_store::{ItemQuery, Order, Position, RecordManager, SequencedItem};
use futures_core::Stream;
use uuid::Uuid;

use super::event_store::EventStore;
use super::paged::{self, BoxFuture, PAGE_SIZE, Paged, Pages};
use super::up_to::UpTo;
use crate::error::Result;

type Decode<T> = fn(&EventStore, SequencedItem) -> Result<T>;

/// A query for a part of a sequence, from [`EventStore::events`] or [`EventStore::items`]. Await it
/// for a list, or call [`stream`](Self::stream).
#[must_use = "a query does nothing until it is awaited or streamed"]
pub struct SequenceQuery<T> {
    store: EventStore,
    query: ItemQuery,
    page_size: usize,
    decode: Decode<T>,
}

impl<T: Send + 'static> SequenceQuery<T> {
    pub(crate) fn new(store: &EventStore, sequence_id: Uuid, decode: Decode<T>) -> Self {
        Self {
            store: store.clone(),
            query: ItemQuery::new(sequence_id),
            page_size: PAGE_SIZE,
            decode,
        }
    }

    /// Applies the query to another sequence.
    pub fn with_sequence_id(mut self, sequence_id: Uuid) -> Self {
        self.query.sequence_id = sequence_id;
        self
    }

    /// Returns the bounds of the positions.
    pub fn bounds(&self) -> (Bound<Position>, Bound<Position>) {
        (self.query.lower, self.query.upper)
    }

    /// Restricts the query to positions after `position`. Repeated bounds all apply.
    pub fn gt(mut self, position: impl Into<Position>) -> Self {
        let position = position.into();
        self.query.lower = tighter(self.query.lower, Bound::Excluded(position), |new, old| {
            new >= old
        });
        self
    }

    /// Restricts the query to `position` and later positions.
    pub fn gte(mut self, position: impl Into<Position>) -> Self {
        let position = position.into();
        self.query.lower = tighter(self.query.lower, Bound::Included(position), |new, old| {
            new > old
        });
        self
    }

    /// Restricts the query to positions before `position`.
    pub fn lt(mut self, position: impl Into<Position>) -> Self {
        let position = position.into();
        self.query.upper = tighter(self.query.upper, Bound::Excluded(position), |new, old| {
            new <= old
        });
        self
    }

    /// Restricts the query to `position` and earlier positions.
    pub fn lte(mut self, position: impl Into<Position>) -> Self {
        let position = position.into();
        self.query.upper = tighter(self.query.upper, Bound::Included(position), |new, old| {
            new < old
        });
        self
    }

    /// Restricts the query to a range: `..`, `..=5` or `..5`.
    pub fn up_to(self, range: impl Into<UpTo>) -> Self {
        match range.into().0 {
            Bound::Included(position) => self.lte(position),
            Bound::Excluded(position) => self.lt(position),
            Bound::Unbounded => self,
        }
    }

    /// Limits the number of results. A descending query returns the last ones.
    pub fn limit(mut self, limit: usize) -> Self {
        self.query.limit = Some(limit);
        self
    }

    /// Sorts by ascending position. This is the default.
    pub fn ascending(mut self) -> Self {
        self.query.order = Order::Ascending;
        self
    }

    /// Sorts by descending position.
    pub fn descending(mut self) -> Self {
        self.query.order = Order::Descending;
        self
    }

    /// Sets the number of items that are fetched at a time. Default: 1,000. At most two pages are in
    /// memory.
    pub fn page_size(mut self, page_size: NonZeroUsize) -> Self {
        self.page_size = page_size.get();
        self
    }

    /// Returns the results as a stream, in constant memory.
    #[must_use]
    pub fn stream(self) -> SequenceStream<T> {
        let pages = ItemPages {
            records: Arc::clone(self.store.record_manager()),
            query: self.query,
            page_size: self.page_size,
            fetched: 0,
        };
        SequenceStream {
            items: Paged::new(pages),
            store: self.store,
            decode: self.decode,
        }
    }

    /// Folds the results into a state, such as an aggregate of a model that does not use this library
    /// or a sum.
    ///
    /// ```
    /// # async fn example<A: es_core::domain::Aggregate>(store: es_core::event_store::EventStore, id: uuid::Uuid) -> es_core::error::Result<()> {
    /// let first_ten = store.events::<A>(id).limit(10);
    /// let characters = first_ten.fold(0, |sum, event| sum + event.text().len()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn fold<S>(self, initial: S, mut mutate: impl FnMut(S, T) -> S) -> Result<S> {
        let (mut items, mut state) = (self.stream(), initial);
        while let Some(item) = items.next().await {
            state = mutate(state, item?);
        }
        Ok(state)
    }

    /// Returns the first result.
    pub async fn first(self) -> Result<Option<T>> {
        self.limit(1).stream().next().await.transpose()
    }
}

impl<T> Clone for SequenceQuery<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            query: self.query.clone(),
            ..*self
        }
    }
}

/// Returns the tighter of two bounds. `wins` returns whether the new position is tighter than the old
/// one.
fn tighter(
    old: Bound<Position>,
    new: Bound<Position>,
    wins: fn(Position, Position) -> bool,
) -> Bound<Position> {
    match (old, new) {
        (Bound::Unbounded, _) => new,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b))
            if wins(b, a) =>
        {
            new
        }
        _ => old,
    }
}

impl<T: Send + 'static> IntoFuture for SequenceQuery<T> {
    type Output = Result<Vec<T>>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut stream = self.stream();
            let mut all = Vec::new();
            while let Some(item) = stream.next().await {
                all.push(item?);
            }
            Ok(all)
        })
    }
}

/// A stream of the results of a query. It ends after an error.
pub struct SequenceStream<T> {
    items: Paged<ItemPages>,
    store: EventStore,
    decode: Decode<T>,
}

impl<T> SequenceStream<T> {
    /// Returns the next result, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T>> {
        paged::next(self).await
    }
}

impl<T> Stream for SequenceStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let item = Pin::new(&mut this.items).poll_next(context);
        let decoded = item.map(|item| item.map(|item| (this.decode)(&this.store, item?)));
        if let Poll::Ready(Some(Err(_))) = &decoded {
            this.items.end();
        }
        decoded
    }
}

struct ItemPages {
    records: Arc<dyn RecordManager>,
    query: ItemQuery,
    page_size: usize,
    fetched: usize,
}

impl ItemPages {
    fn next_limit(&self) -> usize {
        self.query.limit.map_or(self.page_size, |limit| {
            self.page_size.min(limit - self.fetched.min(limit))
        })
    }
}

impl Pages for ItemPages {
    type Item = SequencedItem;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<SequencedItem>>> {
        let records = Arc::clone(&self.records);
        let query = ItemQuery {
            limit: Some(self.next_limit()),
            ..self.query.clone()
        };
        Box::pin(async move {
            if query.limit == Some(0) {
                return Ok(Vec::new());
            }
            Ok(records.items(query).await?)
        })
    }

    fn advance(&mut self, page: &[SequencedItem]) -> bool {
        let is_full = page.len() == self.next_limit();
        self.fetched += page.len();
        let Some(last) = page.last() else {
            return false;
        };
        match self.query.order {
            Order::Ascending => self.query.lower = Bound::Excluded(last.position),
            Order::Descending => self.query.upper = Bound::Excluded(last.position),
        }
        is_full && self.next_limit() > 0
    }
}
