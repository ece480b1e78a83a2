//! Streams of any length in flat memory: a page is used while the next one is fetched.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use futures_core::Stream;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

/// How many items a page holds unless told.
pub const PAGE_SIZE: usize = 1_000;

pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Where pages come from.
pub trait Pages: Send + Unpin + 'static {
    type Item: Send + 'static;

    /// Fetches the next page.
    fn fetch(&mut self) -> BoxFuture<Result<Vec<Self::Item>>>;

    /// Moves past a page; says whether there may be another.
    fn advance(&mut self, page: &[Self::Item]) -> bool;
}

/// A stream over pages.
pub struct Paged<P: Pages> {
    pages: P,
    page: vec::IntoIter<P::Item>,
    next: Option<BoxFuture<Result<Vec<P::Item>>>>,
}

// Items are moved, never pinned.
impl<P: Pages> Unpin for Paged<P> {}

impl<P: Pages> Paged<P> {
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
                Ok(page) => this.turn(page),
            }
        }
    }
}

impl<P: Pages> Paged<P> {
    /// Nothing comes any more.
    pub fn end(&mut self) {
        self.page = Vec::new().into_iter();
        self.next = None;
    }

    /// Starts on a page, and fetches the next one while this one is used.
    fn turn(&mut self, page: Vec<P::Item>) {
        let more = self.pages.advance(&page);
        self.page = page.into_iter();
        if more {
            self.next = Some(spawn(self.pages.fetch()));
        }
    }
}

/// Fetches at once, as a task of its own: a fetch that waits to be polled would keep a connection, or its place in the
/// queue for one, from those that the user of what came before asks for. Without a runtime it begins when it is polled.
pub fn spawn<T: Send + 'static>(fetch: BoxFuture<Result<T>>) -> BoxFuture<Result<T>> {
    match Handle::try_current() {
        Ok(runtime) => Box::pin(Fetching(runtime.spawn(fetch))),
        Err(_) => fetch,
    }
}

/// What is on its way. It is fetched no further once nobody waits for it.
struct Fetching<T>(JoinHandle<Result<T>>);

impl<T> Future for Fetching<T> {
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

impl<T> Drop for Fetching<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What `next` does on each of our streams, so that no extension trait is needed to use them.
pub async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
