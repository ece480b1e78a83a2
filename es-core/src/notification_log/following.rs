use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::notification::{Notification, Numbered};
use super::notification_log::POLL_INTERVAL;
use super::reader::NotificationReader;
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// A reader that waits for more at the end: see [`NotificationReader::follow`]. As a [`Stream`] it never ends.
pub struct Following<N: Numbered = Notification> {
    reader: NotificationReader<N>,
    wait: Option<BoxFuture<()>>,
}

impl<N: Numbered> Following<N> {
    pub(super) fn new(reader: NotificationReader<N>) -> Self {
        Self { reader, wait: None }
    }

    /// The number up to which everything is read.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.reader.position()
    }

    /// The next notification, as soon as there is one; never `None`. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log; the position stays, and calling again tries again, after a while.
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }

    /// Follows no longer.
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
                    // A log that fails at once would otherwise be asked without rest.
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
