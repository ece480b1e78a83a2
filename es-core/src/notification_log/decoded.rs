use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::{Notification, NotificationReader, SectionItem};
use crate::error::{Error, Result};
use crate::infrastructure::paged::{self, BoxFuture};

/// How many notifications are decoded by one thread at a time: few enough to stay in its cache.
const PAGE_SIZE: usize = 250;

/// How many pages are being decoded, or wait to be used.
const MOST: usize = 4;

/// What is made of the notifications that a reader reads, in their order: see [`NotificationReader::decoded`]. As a
/// [`Stream`] it ends where the reader does, and goes on when polled again.
pub struct Decoded<T, N: SectionItem = Notification> {
    reader: NotificationReader<N>,
    decode: Arc<dyn Fn(N) -> Result<T> + Send + Sync>,
    coming: VecDeque<BoxFuture<Result<Page<T>>>>,
    page: vec::IntoIter<(u64, Result<T>)>,
    position: u64,
    /// What stopped the reader behind the pages that are coming.
    failed: Option<Error>,
}

type Page<T> = Vec<(u64, Result<T>)>;

// Items are moved, never pinned.
impl<T, N: SectionItem> Unpin for Decoded<T, N> {}

impl<T: Send + 'static, N: SectionItem> Decoded<T, N> {
    pub(super) fn new(
        reader: NotificationReader<N>,
        decode: impl Fn(N) -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            position: reader.position(),
            reader,
            decode: Arc::new(decode),
            coming: VecDeque::new(),
            page: Vec::new().into_iter(),
            failed: None,
        }
    }

    /// The number up to which everything was handed over.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// What was made of the next notification, if there is one by now. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log; calling again tries again. Those of the decoding; calling again goes on behind.
    pub async fn next(&mut self) -> Option<Result<T>> {
        paged::next(self).await
    }

    /// The reader, at this position.
    #[must_use]
    pub fn into_reader(mut self) -> NotificationReader<N> {
        self.reader.seek(self.position);
        self.reader
    }

    /// Hands what the reader has to those who decode, up to so much; says whether the reader is at the end.
    fn fill(&mut self, context: &mut Context<'_>) -> bool {
        while self.failed.is_none() && self.coming.len() < MOST {
            match self.reader.poll_some(PAGE_SIZE, context) {
                Poll::Pending => return false,
                Poll::Ready(None) => return true,
                Poll::Ready(Some(Err(error))) => self.failed = Some(error),
                Poll::Ready(Some(Ok(items))) => {
                    let decode = Arc::clone(&self.decode);
                    let decode = move |item: N| (item.number(), decode(item));
                    let page = move || Ok(items.into_iter().map(decode).collect());
                    self.coming.push_back(paged::work(page));
                }
            }
        }
        false
    }
}

impl<T: Send + 'static, N: SectionItem> Stream for Decoded<T, N> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some((number, item)) = this.page.next() {
                this.position = number;
                return Poll::Ready(Some(item));
            }
            let is_at_end = this.fill(context);
            let Some(page) = this.coming.front_mut() else {
                if let Some(error) = this.failed.take() {
                    return Poll::Ready(Some(Err(error)));
                }
                if !is_at_end {
                    return Poll::Pending;
                }
                this.position = this.reader.position();
                return Poll::Ready(None);
            };
            let page = ready!(page.as_mut().poll(context));
            this.coming.pop_front();
            this.page = page?.into_iter();
        }
    }
}
