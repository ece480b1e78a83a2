use std::ops::{Bound, RangeBounds};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::following::Following;
use super::notification::{Notification, Numbered};
use super::notification_log::NotificationLog;
use super::prefetch::Ahead;
use super::section::{Section, SectionId, SectionSize};
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// Reads a log from a position on. As a [`Stream`] it yields what there is, then ends, and goes on when polled again.
///
/// Position *p* means that all notifications up to number *p* are read; keep it with what was made of them, in one
/// transaction, and [`seek`](Self::seek) to it after a restart. While a section is used the next ones are fetched, three at
/// most at a time.
///
/// The reader asks for the section that it needs, where Python's finds it from the current one backwards, and goes on
/// where a number is missing, for that of a deleted record never comes.
pub struct NotificationReader<N: Numbered = Notification> {
    ahead: Ahead<N>,
    position: u64,
    section_count: usize,
    state: State<N>,
}

enum State<N> {
    /// Nothing is fetched: the next poll begins a reading.
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
    /// At the beginning of a log. It asks for sections of 1,000, and takes what it gets.
    #[must_use]
    pub fn new(log: impl NotificationLog<N>) -> Self {
        Self {
            ahead: Ahead::new(Arc::new(log)),
            position: 0,
            section_count: 0,
            state: State::Idle,
        }
    }

    /// Asks for sections of this size; for those that the log has by itself, where it is `None`.
    #[must_use]
    pub fn section_size(mut self, size: Option<SectionSize>) -> Self {
        self.ahead.size = size;
        self.stay();
        self
    }

    /// The number up to which everything is read.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// How many sections the last reading used.
    #[must_use]
    pub const fn section_count(&self) -> usize {
        self.section_count
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Arc<dyn NotificationLog<N>> {
        &self.ahead.log
    }

    /// Goes to a position, also to one that does not exist yet.
    pub fn seek(&mut self, position: u64) {
        self.position = position;
        self.stay();
    }

    /// Forgets what is fetched.
    fn stay(&mut self) {
        self.state = State::Idle;
        self.ahead.clear();
    }

    /// The next notification, if there is one by now. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log; the position stays, and calling again tries again.
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }

    /// All that there are.
    ///
    /// # Errors
    ///
    /// Those of the log. The position is then where it was.
    pub async fn read(&mut self) -> Result<Vec<N>> {
        self.read_at_most(usize::MAX).await
    }

    /// As many as this, if there are so many. None are asked for where it is 0.
    ///
    /// # Errors
    ///
    /// Those of the log. The position is then where it was.
    pub async fn read_at_most(&mut self, count: usize) -> Result<Vec<N>> {
        let before = self.position;
        let ahead = before.saturating_add(count as u64);
        let mut read = Vec::new();
        self.begin();
        while read.len() < count {
            match std::future::poll_fn(|context| self.poll_to(u64::MAX, ahead, context)).await {
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

    /// Goes to an index, which counts from 0, and reads the notification there.
    ///
    /// # Errors
    ///
    /// Those of the log.
    pub async fn get(&mut self, index: u64) -> Result<Option<N>> {
        self.seek(index);
        Ok(self.read_at_most(1).await?.pop())
    }

    /// Goes to the start of a range of indexes, and reads to its end: `3..11` has the notifications 4 to 11.
    pub fn slice(&mut self, indexes: impl RangeBounds<u64>) -> Slice<'_, N> {
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
        Slice { reader: self, stop }
    }

    /// Reads on for ever: what there is, and then what comes, as it comes.
    #[must_use]
    pub fn follow(self) -> Following<N> {
        Following::new(self)
    }

    /// Starts a reading. An archived section in use is still good; any other may have grown.
    fn begin(&mut self) {
        self.section_count = 0;
        self.ahead.clear();
        match &self.state {
            State::Open(open) if open.is_archived && open.items.len() > 0 => self.section_count = 1,
            State::Open(open) if open.is_archived => self.go_on(),
            _ => self.state = State::Idle,
        }
    }

    /// Yields the next number up to `stop`. Sections up to the number `ahead` are fetched before they are needed.
    fn poll_to(
        &mut self,
        stop: u64,
        ahead: u64,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<N>>> {
        while self.position < stop {
            match &mut self.state {
                State::Idle => {
                    self.section_count = 0;
                    self.state = State::Fetching(self.ahead.take(self.position.saturating_add(1)));
                }
                State::Fetching(section) => {
                    let section = ready!(section.as_mut().poll(context));
                    self.state = State::Idle;
                    match section {
                        Ok(section) => self.turn(section, ahead),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Open(open) => match open.items.as_slice().first() {
                    Some(item) if item.number() > stop => break,
                    Some(_) => {
                        if let Some(item) = open.items.next() {
                            self.position = item.number();
                            return Poll::Ready(Some(Ok(item)));
                        }
                    }
                    None if open.is_archived => self.go_on(),
                    None => {
                        self.state = State::Idle;
                        break;
                    }
                },
            }
        }
        Poll::Ready(None)
    }

    /// Starts on a section, and asks for those behind it.
    fn turn(&mut self, section: Section<N>, ahead: u64) {
        self.section_count += 1;
        let (id, is_archived) = (section.id, section.is_archived());
        if is_archived {
            self.ahead.fill(id, self.section_count, ahead);
        } else {
            // They were asked for before more came.
            self.ahead.clear();
        }
        let mut items = section.items;
        let read = items.partition_point(|item| item.number() <= self.position);
        items.drain(..read);
        self.state = State::Open(OpenSection {
            id,
            items: items.into_iter(),
            is_archived,
        });
    }

    /// Leaves an archived section behind, with the numbers that are missing in it.
    fn go_on(&mut self) {
        if let State::Open(open) = std::mem::replace(&mut self.state, State::Idle) {
            let last = open.id.last();
            self.position = self.position.max(last);
            self.state = State::Fetching(self.ahead.take(last.saturating_add(1)));
        }
    }
}

impl<N: Numbered> Stream for NotificationReader<N> {
    type Item = Result<N>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_to(u64::MAX, u64::MAX, context)
    }
}

/// The notifications of a range, one after another. The reader's position goes with them.
#[must_use = "a slice is lazy"]
pub struct Slice<'r, N: Numbered = Notification> {
    reader: &'r mut NotificationReader<N>,
    stop: u64,
}

impl<N: Numbered> Slice<'_, N> {
    /// The next one, up to the end of the range.
    ///
    /// # Errors
    ///
    /// Those of the log; calling again tries again.
    pub async fn next(&mut self) -> Option<Result<N>> {
        paged::next(self).await
    }
}

impl<N: Numbered> Stream for Slice<'_, N> {
    type Item = Result<N>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.reader.poll_to(this.stop, this.stop, context)
    }
}
