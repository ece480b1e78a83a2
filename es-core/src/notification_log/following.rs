//! Followers: readers that wait at the end of a log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use es_store::RecordId;
use futures_core::Stream;

use super::notification::{Notification, Numbered};
use super::notification_log::POLL_INTERVAL;
use super::reader::NotificationReader;
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// A reader that waits for more notifications at the end of the log: see
/// [`NotificationReader::follow`]. As a [`Stream`] it never ends.
pub struct Following<N: Numbered = Notification> {
    reader: NotificationReader<N>,
    wait: Option<BoxFuture<()>>,
}

impl<N: Numbered> Following<N> {
    pub(super) fn new(reader: NotificationReader<N>) -> Self {
        Self { reader, wait: None }
    }

    /// Returns the record id up to which everything is read.
    #[must_use]
    pub const fn position(&self) -> RecordId {
        self.reader.position()
    }

    /// Waits for the next notification and returns it; never `None`.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log. The position stays, and the next call retries after
    /// [`POLL_INTERVAL`](super::notification_log::POLL_INTERVAL).
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }

    /// Stops following and returns the reader.
    #[must_use]
    pub fn into_reader(self) -> NotificationReader<N> {
        self.reader
    }
}

impl<N: Numbered> Stream for Following<N> {
    type Item = Result<N>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(wait) = &mut this.wait {
                ready!(wait.as_mut().poll(context));
                this.wait = None;
            }
            match ready!(Pin::new(&mut this.reader).poll_next(context)) {
                Some(Ok(item)) => return Poll::Ready(Some(Ok(item))),
                Some(Err(error)) => {
                    // Without a pause, a caller that retries would spin on a log that fails at once.
                    this.wait = Some(Box::pin(tokio::time::sleep(POLL_INTERVAL)));
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    let (log, position) = (Arc::clone(this.reader.log()), this.position());
                    this.wait = Some(Box::pin(async move { log.changed(position).await }));
                }
            }
        }
    }
}
