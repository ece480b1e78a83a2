use std::collections::VecDeque;
use std::sync::Arc;

use super::notification::Numbered;
use super::notification_log::NotificationLog;
use super::section::{Section, SectionId, SectionRequest, SectionSize};
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// How many sections are fetched ahead of the one in use, once a reading has used as many.
const MOST: usize = 3;

/// Asks for sections, and for those behind them before they are needed, several at a time.
pub(super) struct Ahead<N: Numbered> {
    pub(super) log: Arc<dyn NotificationLog<N>>,
    pub(super) size: Option<SectionSize>,
    /// By the number that was asked for, ascending.
    coming: VecDeque<(u64, BoxFuture<Result<Section<N>>>)>,
}

impl<N: Numbered> Ahead<N> {
    pub(super) fn new(log: Arc<dyn NotificationLog<N>>) -> Self {
        Self {
            log,
            size: Some(SectionSize::LARGEST),
            coming: VecDeque::new(),
        }
    }

    /// Forgets what was asked for.
    pub(super) fn clear(&mut self) {
        self.coming.clear();
    }

    /// The section of this number: the one that was asked for, if it was.
    pub(super) fn take(&mut self, number: u64) -> BoxFuture<Result<Section<N>>> {
        match self.coming.pop_front() {
            Some((asked, section)) if asked == number => section,
            // The log may have answered with sections of another size than those before.
            _ => {
                self.clear();
                self.fetch(number)
            }
        }
    }

    /// Asks for sections behind an archived one, none of which begins after the number `stop`: for as many as are used
    /// already, so that a short reading asks for little that it does not need.
    pub(super) fn fill(&mut self, in_use: SectionId, used: usize, stop: u64) {
        let mut id = in_use;
        for index in 0..used.min(MOST) {
            id = id.next();
            if id.first() > stop {
                break;
            }
            if index == self.coming.len() {
                let section = self.fetch(id.first());
                self.coming.push_back((id.first(), section));
            }
        }
    }

    fn fetch(&self, number: u64) -> BoxFuture<Result<Section<N>>> {
        let log = Arc::clone(&self.log);
        let request = SectionRequest {
            size: self.size,
            ..SectionRequest::containing(number)
        };
        paged::begin(Box::pin(async move { log.section(request).await }))
    }
}
