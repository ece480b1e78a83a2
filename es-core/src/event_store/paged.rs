//! Streams of any length in constant memory: the next page is fetched while a page is used.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use futures_core::Stream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

/// The default number of items in a page.
pub const PAGE_SIZE: usize = 1_000;

/// A boxed future that can be sent to another thread.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A source of pages.
pub trait Pages: Send + Unpin + 'static {
    /// An item of a page.
    type Item: Send + 'static;

    /// Fetches the next page.
    fn fetch(&mut self) -> BoxFuture<Result<Vec<Self::Item>>>;

    /// Moves past a page. Returns whether there may be another page.
    fn advance(&mut self, page: &[Self::Item]) -> bool;
}

/// A stream over the items of pages.
pub struct Paged<P: Pages> {
    pages: P,
    page: vec::IntoIter<P::Item>,
    next: Option<BoxFuture<Result<Vec<P::Item>>>>,
}

// Items are moved, never pinned.
impl<P: Pages> Unpin for Paged<P> {}

impl<P: Pages> Paged<P> {
    /// Creates a stream. The first page is fetched when the stream is polled.
    pub fn new(mut pages: P) -> Self {
        let next = Some(pages.fetch());
        Self {
            pages,
            page: Vec::new().into_iter(),
            next,
        }
    }
}

impl<P: Pages> Stream for Paged<P> {
    type Item = Result<P::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(next) = &mut this.next else {
                return Poll::Ready(None);
            };
            let page = match next.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(page) => page,
            };
            this.next = None;
            match page {
                Err(error) => return Poll::Ready(Some(Err(error))),
                Ok(page) => this.use_page(page),
            }
        }
    }
}

impl<P: Pages> Paged<P> {
    /// Ends the stream.
    pub fn end(&mut self) {
        self.page = Vec::new().into_iter();
        self.next = None;
    }

    fn use_page(&mut self, page: Vec<P::Item>) {
        let has_next = self.pages.advance(&page);
        self.page = page.into_iter();
        if has_next {
            self.next = Some(spawn(self.pages.fetch()));
        }
    }
}

/// Starts a fetch at once, as a separate task.
///
/// A fetch that waits to be polled would hold a connection, or its place in the queue for one, and
/// so block the queries that the user makes for each item. Outside of a runtime the fetch starts
/// when it is polled.
pub fn spawn<T: Send + 'static>(fetch: BoxFuture<Result<T>>) -> BoxFuture<Result<T>> {
    match Handle::try_current() {
        Ok(runtime) => Box::pin(SpawnedFetch(runtime.spawn(fetch))),
        Err(_) => fetch,
    }
}

/// A fetch in its own task, which is aborted when this is dropped.
struct SpawnedFetch<T>(JoinHandle<Result<T>>);

impl<T> Future for SpawnedFetch<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        Pin::new(&mut self.0).poll(context).map(|page| match page {
            Ok(page) => page,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Error::Closed),
            },
        })
    }
}

impl<T> Drop for SpawnedFetch<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Returns the next item of a stream, so that users of our streams need no extension trait.
pub async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
