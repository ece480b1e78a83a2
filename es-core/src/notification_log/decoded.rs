use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Notification, NotificationReader, Numbered};
use crate::error::Result;

/// What is made of the notifications that a reader reads, in their order: see [`NotificationReader::decoded`]. As a
/// [`Stream`] it ends where the reader does, and goes on when polled again.
pub struct Decoded<F, N: Numbered = Notification> {
    reader: NotificationReader<N>,
    decode: F,
}

// Nothing of it is pinned.
impl<F, N: Numbered> Unpin for Decoded<F, N> {}

impl<T, N: Numbered, F: FnMut(N) -> Result<T>> Decoded<F, N> {
    pub(super) const fn new(reader: NotificationReader<N>, decode: F) -> Self {
        Self { reader, decode }
    }

    /// The number up to which everything was handed over.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.reader.position()
    }

    /// What was made of the next notification, if there is one by now. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log; calling again tries again. Those of the decoding; calling again goes on behind.
    pub async fn next(&mut self) -> Option<Result<T>> {
        // Not by way of the stream: what is made may be large, and each step on its way copies it.
        match self.reader.next().await? {
            Ok(item) => Some((self.decode)(item)),
            Err(error) => Some(Err(error)),
        }
    }

    /// The reader, at this position.
    #[must_use]
    pub fn into_reader(self) -> NotificationReader<N> {
        self.reader
    }
}

impl<T, N: Numbered, F: FnMut(N) -> Result<T>> Stream for Decoded<F, N> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.reader).poll_next(context);
        polled.map(|item| item.map(|item| item.and_then(&mut this.decode)))
    }
}
