use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use async_trait::async_trait;
use futures_core::Stream;

use super::{
    Notification, NotificationLog, NotificationReader, Numbered, Section, SectionRef,
    SectionRequest,
};
use crate::error::Result;
use crate::infrastructure::paged;

/// What is made of the notifications that a reader reads, in their order: see [`NotificationReader::decoded`]. As a
/// [`Stream`] it ends where the reader does, and goes on when polled again.
pub struct Decoded<T: Send + 'static, N: Numbered = Notification> {
    reader: NotificationReader<Made<T>>,
    log: Arc<dyn NotificationLog<N>>,
}

impl<T: Send + 'static, N: Numbered> Decoded<T, N> {
    pub(super) fn new(
        reader: NotificationReader<N>,
        decode: impl Fn(N) -> Result<T> + Send + Sync + 'static,
    ) -> Self {
        let log = Arc::clone(reader.log());
        let decoded = DecodedLog {
            log: Arc::clone(&log),
            decode,
        };
        Self {
            reader: reader.elsewhere(Arc::new(decoded)),
            log,
        }
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
        paged::next(self).await
    }

    /// The reader, at this position.
    #[must_use]
    pub fn into_reader(self) -> NotificationReader<N> {
        self.reader.elsewhere(self.log)
    }
}

impl<T: Send + 'static, N: Numbered> Stream for Decoded<T, N> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let reader = Pin::new(&mut self.get_mut().reader);
        let made = ready!(reader.poll_next(context));
        Poll::Ready(made.map(|made| made.and_then(|made| made.item)))
    }
}

/// What was made of a notification.
struct Made<T> {
    number: u64,
    item: Result<T>,
}

// It is moved, never pinned.
impl<T> Unpin for Made<T> {}

impl<T: Send + 'static> Numbered for Made<T> {
    fn number(&self) -> u64 {
        self.number
    }
}

/// A log whose sections are decoded by whoever fetches them.
struct DecodedLog<N, F> {
    log: Arc<dyn NotificationLog<N>>,
    decode: F,
}

#[async_trait]
impl<T, N, F> NotificationLog<Made<T>> for DecodedLog<N, F>
where
    T: Send + 'static,
    N: Numbered,
    F: Fn(N) -> Result<T> + Send + Sync + 'static,
{
    /// Without what comes before the number that is asked for, which was read before.
    async fn section(&self, request: SectionRequest) -> Result<Section<Made<T>>> {
        let wanted = match request.section {
            SectionRef::Current => 0,
            SectionRef::Containing(number) => number,
        };
        let Section {
            id,
            items,
            previous,
            next,
        } = self.log.section(request).await?;
        let mut made = Vec::with_capacity(items.len());
        made.extend(items.into_iter().filter_map(|item| {
            let number = item.number();
            (number >= wanted).then(|| Made {
                number,
                item: (self.decode)(item),
            })
        }));
        Ok(Section {
            id,
            items: made,
            previous,
            next,
        })
    }

    async fn changed(&self, after: u64) {
        self.log.changed(after).await;
    }
}
