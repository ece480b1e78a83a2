//! The reader of notification logs.

use std::ops::{Bound, RangeBounds};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use es_store::RecordId;
use futures_core::Stream;

use super::following::Following;
use super::notification::{Notification, Numbered};
use super::notification_log::NotificationLog;
use super::prefetch::SectionPrefetch;
use super::section::Section;
use super::section_id::SectionId;
use super::section_size::SectionSize;
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// A reader of a notification log, at a position.
///
/// As a [`Stream`] it yields the notifications after its position and ends at the end of the log.
/// Polling it again continues with the notifications that were added since.
///
/// The position is the record id up to which everything is read. Store it in one transaction with
/// the results of the notifications, and [`seek`](Self::seek) to it after a restart.
///
/// The reader prefetches up to three sections. Unlike Python's reader, it requests the section that
/// it needs instead of searching backwards from the current one, and it continues after a missing
/// record id, because the notification of a deleted record never appears.
pub struct NotificationReader<N: Numbered = Notification> {
    prefetch: SectionPrefetch<N>,
    position: RecordId,
    section_count: usize,
    state: State<N>,
}

enum State<N> {
    /// Nothing is requested; the next poll starts a reading.
    Idle,
    Fetching(BoxFuture<Result<Section<N>>>),
    Open(OpenSection<N>),
}

/// The section in use.
struct OpenSection<N> {
    id: SectionId,
    items: vec::IntoIter<N>,
    is_archived: bool,
}

impl<N: Numbered> NotificationReader<N> {
    /// Creates a reader at the beginning of a log.
    ///
    /// It requests sections of 1,000 notifications and accepts other sizes.
    #[must_use]
    pub fn new(log: impl NotificationLog<N>) -> Self {
        Self {
            prefetch: SectionPrefetch::new(Arc::new(log)),
            position: RecordId::ZERO,
            section_count: 0,
            state: State::Idle,
        }
    }

    /// Sets the size of the sections to request; `None` requests the log's own size.
    #[must_use]
    pub fn section_size(mut self, size: Option<SectionSize>) -> Self {
        self.prefetch.size = size;
        self.discard_fetched();
        self
    }

    /// Returns the record id up to which everything is read.
    #[must_use]
    pub const fn position(&self) -> RecordId {
        self.position
    }

    /// Returns the number of sections that the last reading used.
    #[must_use]
    pub const fn section_count(&self) -> usize {
        self.section_count
    }

    /// Returns the log.
    #[must_use]
    pub fn log(&self) -> &Arc<dyn NotificationLog<N>> {
        &self.prefetch.log
    }

    /// Moves to a position, which may be after the end of the log.
    pub fn seek(&mut self, position: impl Into<RecordId>) {
        self.position = position.into();
        self.discard_fetched();
    }

    fn discard_fetched(&mut self) {
        self.state = State::Idle;
        self.prefetch.clear();
    }

    /// Returns the next notification, or `None` at the end of the log. Dropping the future loses
    /// nothing.
    ///
    /// # Errors
    ///
    /// Those of the log. The position stays, and the next call retries.
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }

    /// Returns all notifications up to the end of the log.
    ///
    /// # Errors
    ///
    /// Those of the log. The position is then the one before the call.
    pub async fn read(&mut self) -> Result<Vec<N>> {
        self.read_at_most(usize::MAX).await
    }

    /// Returns up to `count` notifications. If `count` is 0, the log is not read.
    ///
    /// # Errors
    ///
    /// Those of the log. The position is then the one before the call.
    pub async fn read_at_most(&mut self, count: usize) -> Result<Vec<N>> {
        let before = self.position;
        let prefetch_to = before.saturating_add(count as u64);
        let mut read = Vec::new();
        self.begin();
        while read.len() < count {
            let next = std::future::poll_fn(|context| {
                self.poll_up_to(RecordId::MAX, prefetch_to, context)
            });
            match next.await {
                Some(Ok(item)) => read.push(item),
                None => break,
                Some(Err(error)) => {
                    self.seek(before);
                    return Err(error);
                }
            }
        }
        Ok(read)
    }

    /// Moves to an index, which counts from 0, and returns the notification there.
    ///
    /// # Errors
    ///
    /// Those of the log.
    pub async fn get(&mut self, index: u64) -> Result<Option<N>> {
        self.seek(index);
        Ok(self.read_at_most(1).await?.pop())
    }

    /// Moves to the start of a range of indexes and returns the notifications of the range: `3..11`
    /// yields the notifications 4 to 11.
    pub fn slice(&mut self, indexes: impl RangeBounds<u64>) -> Slice<'_, N> {
        // Index n is the place of record id n + 1, so n is also the position before it.
        self.seek(match indexes.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        });
        self.begin();
        let stop = match indexes.end_bound() {
            Bound::Included(end) => end.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => u64::MAX,
        };
        Slice {
            reader: self,
            stop: RecordId::new(stop),
        }
    }

    /// Follows the log: yields the notifications up to its end and then waits for more.
    #[must_use]
    pub fn follow(self) -> Following<N> {
        Following::new(self)
    }

    /// Starts a reading. An archived section in use stays valid; an open one may have grown.
    fn begin(&mut self) {
        self.section_count = 0;
        self.prefetch.clear();
        match &self.state {
            State::Open(open) if open.is_archived && open.items.len() > 0 => self.section_count = 1,
            State::Open(open) if open.is_archived => self.leave_section(),
            _ => self.state = State::Idle,
        }
    }

    /// Yields the next notification up to `stop`, and prefetches sections up to `prefetch_to`.
    fn poll_up_to(
        &mut self,
        stop: RecordId,
        prefetch_to: RecordId,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<N>>> {
        while self.position < stop {
            match &mut self.state {
                State::Idle => {
                    self.section_count = 0;
                    self.state = State::Fetching(self.prefetch.take(self.position.next()));
                }
                State::Fetching(section) => {
                    let section = ready!(section.as_mut().poll(context));
                    self.state = State::Idle;
                    match section {
                        Ok(section) => self.open_section(section, prefetch_to),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Open(open) => match open.items.as_slice().first() {
                    Some(item) if item.record_id() > stop => break,
                    Some(_) => {
                        if let Some(item) = open.items.next() {
                            self.position = item.record_id();
                            return Poll::Ready(Some(Ok(item)));
                        }
                    }
                    None if open.is_archived => self.leave_section(),
                    None => {
                        self.state = State::Idle;
                        break;
                    }
                },
            }
        }
        Poll::Ready(None)
    }

    /// Starts to use a section, and prefetches the ones after it.
    fn open_section(&mut self, section: Section<N>, prefetch_to: RecordId) {
        self.section_count += 1;
        let (id, is_archived) = (section.id, section.is_archived());
        if is_archived {
            self.prefetch.fill(id, self.section_count, prefetch_to);
        } else {
            // Requests in flight are older than the notifications that will follow this section.
            self.prefetch.clear();
        }
        let mut items = section.items;
        let read = items.partition_point(|item| item.record_id() <= self.position);
        items.drain(..read);
        self.state = State::Open(OpenSection {
            id,
            items: items.into_iter(),
            is_archived,
        });
    }

    /// Moves past an archived section, including the record ids that are missing in it.
    fn leave_section(&mut self) {
        if let State::Open(open) = std::mem::replace(&mut self.state, State::Idle) {
            let last = open.id.last();
            self.position = self.position.max(last);
            self.state = State::Fetching(self.prefetch.take(last.next()));
        }
    }
}

impl<N: Numbered> Stream for NotificationReader<N> {
    type Item = Result<N>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut()
            .poll_up_to(RecordId::MAX, RecordId::MAX, context)
    }
}

/// A stream of the notifications of a range. It moves the reader's position.
#[must_use = "a slice is lazy"]
pub struct Slice<'r, N: Numbered = Notification> {
    reader: &'r mut NotificationReader<N>,
    stop: RecordId,
}

impl<N: Numbered> Slice<'_, N> {
    /// Returns the next notification, or `None` at the end of the range or of the log.
    ///
    /// # Errors
    ///
    /// Those of the log. The next call retries.
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }
}

impl<N: Numbered> Stream for Slice<'_, N> {
    type Item = Result<N>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.reader.poll_up_to(this.stop, this.stop, context)
    }
}
