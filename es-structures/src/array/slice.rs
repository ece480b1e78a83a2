//! Slices of big arrays, as streams.

use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use es_core::domain::Payload;
use es_core::error::Result;
use es_core::event_store::PAGE_SIZE;
use es_core::internal::{BoxFuture, Paged, Pages, paged};
use futures_core::Stream;

use super::big_array::BigArray;

/// A stream of the items of a [`slice`](BigArray::slice). It ends after an error.
pub struct ArraySlice<T: Payload>(Paged<SlicePages<T>>);

impl<T: Payload> ArraySlice<T> {
    pub(super) fn new(array: &BigArray<T>, start: u64, stop: Option<u64>) -> Self {
        Self(Paged::new(SlicePages {
            array: array.clone(),
            next: start,
            stop,
        }))
    }

    /// Returns the item at the next position; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Option<T>>> {
        paged::next(self).await
    }
}

impl<T: Payload> Stream for ArraySlice<T> {
    type Item = Result<Option<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.get_mut().0).poll_next(context)
    }
}

/// The pages of a slice. A page never crosses the end of a base array.
struct SlicePages<T> {
    array: BigArray<T>,
    next: u64,
    /// `None` to continue to the last position that is assigned.
    stop: Option<u64>,
}

impl<T: Payload> SlicePages<T> {
    /// Returns the positions of the next page.
    fn positions(&self) -> Range<u64> {
        let left_in_base = self.array.tree().left_in_base(self.next);
        let end = self.next.saturating_add(left_in_base.min(PAGE_SIZE as u64));
        self.next..self.stop.map_or(end, |stop| end.min(stop))
    }
}

impl<T: Payload> Pages for SlicePages<T> {
    type Item = Option<T>;

    fn fetch(&mut self) -> BoxFuture<Result<Vec<Option<T>>>> {
        let (array, positions, is_open) =
            (self.array.clone(), self.positions(), self.stop.is_none());
        Box::pin(async move {
            let mut positions = positions;
            if is_open {
                positions.end = positions.end.min(array.next_position().await?);
            }
            if positions.is_empty() {
                return Ok(Vec::new());
            }
            // A store that answers without waiting would otherwise block the thread for many pages.
            tokio::task::consume_budget().await;
            let base = array.tree().base(positions.start);
            let size = u64::from(array.tree().array_size().get());
            let start = positions.start % size;
            let indexes = start..start + (positions.end - positions.start);
            array.array(base).items(indexes).await
        })
    }

    fn advance(&mut self, page: &[Option<T>]) -> bool {
        let wanted = self.positions();
        let is_full = page.len() as u64 == wanted.end.saturating_sub(wanted.start);
        self.next += page.len() as u64;
        is_full && !page.is_empty() && self.stop.is_none_or(|stop| self.next < stop)
    }
}
