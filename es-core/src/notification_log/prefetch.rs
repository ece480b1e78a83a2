//! Prefetch of sections: several requests are in flight while a section is in use.

use std::collections::VecDeque;
use std::sync::Arc;

use es_store::RecordId;

use super::notification::Numbered;
use super::notification_log::NotificationLog;
use super::section::Section;
use super::section_id::SectionId;
use super::section_request::SectionRequest;
use super::section_size::SectionSize;
use crate::error::Result;
use crate::event_store::{BoxFuture, paged};

/// The maximum number of sections that are prefetched. It bounds the memory of a reader to four
/// sections.
const MAX_IN_FLIGHT: usize = 3;

/// Requests sections of a log, and the ones after them before they are needed.
pub(super) struct SectionPrefetch<N: Numbered> {
    pub(super) log: Arc<dyn NotificationLog<N>>,
    pub(super) size: Option<SectionSize>,
    /// Requests in flight with their first record ids, ascending.
    in_flight: VecDeque<(RecordId, BoxFuture<Result<Section<N>>>)>,
}

impl<N: Numbered> SectionPrefetch<N> {
    pub(super) fn new(log: Arc<dyn NotificationLog<N>>) -> Self {
        Self {
            log,
            size: Some(SectionSize::MAX),
            in_flight: VecDeque::new(),
        }
    }

    /// Cancels the requests in flight.
    pub(super) fn clear(&mut self) {
        self.in_flight.clear();
    }

    /// Returns the section that covers a record id, from the requests in flight if it is the next.
    pub(super) fn take(&mut self, record_id: RecordId) -> BoxFuture<Result<Section<N>>> {
        match self.in_flight.pop_front() {
            Some((requested, section)) if requested == record_id => section,
            // The log may have changed the size of its sections since.
            _ => {
                self.clear();
                self.fetch(record_id)
            }
        }
    }

    /// Requests sections after an archived one, up to the one that covers `stop`.
    ///
    /// It requests as many sections as the reading has used already, so that a short reading
    /// requests few sections that it does not need.
    pub(super) fn fill(&mut self, in_use: SectionId, used: usize, stop: RecordId) {
        let mut id = in_use;
        for index in 0..used.min(MAX_IN_FLIGHT) {
            id = id.next();
            if id.first() > stop {
                break;
            }
            if index == self.in_flight.len() {
                let section = self.fetch(id.first());
                self.in_flight.push_back((id.first(), section));
            }
        }
    }

    fn fetch(&self, record_id: RecordId) -> BoxFuture<Result<Section<N>>> {
        let log = Arc::clone(&self.log);
        let request = SectionRequest {
            size: self.size,
            ..SectionRequest::containing(record_id)
        };
        paged::spawn(Box::pin(async move { log.section(request).await }))
    }
}
