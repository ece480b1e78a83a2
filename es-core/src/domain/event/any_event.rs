//! Events with their types erased.

use std::any::Any;
use std::fmt;

use es_store::Topic;

use super::event_header::EventHeader;
use super::payload::AnyPayload;

/// An event of any aggregate or a standalone event, with its type erased. Subscribers receive it.
#[derive(Clone, Copy)]
pub struct AnyEvent<'a> {
    header: &'a EventHeader,
    /// The topic of the aggregate's type; `None` for a standalone event.
    aggregate: Option<&'a Topic>,
    payload: &'a AnyPayload,
    event: &'a (dyn Any + Send + Sync),
}

impl<'a> AnyEvent<'a> {
    pub(crate) fn new(
        header: &'a EventHeader,
        aggregate: Option<&'a Topic>,
        payload: &'a AnyPayload,
        event: &'a (dyn Any + Send + Sync),
    ) -> Self {
        Self {
            header,
            aggregate,
            payload,
            event,
        }
    }

    /// Returns the header.
    #[must_use]
    pub fn header(&self) -> &'a EventHeader {
        self.header
    }

    /// Returns the topic of the aggregate's type; `None` for a standalone event.
    #[must_use]
    pub fn aggregate_topic(&self) -> Option<&'a Topic> {
        self.aggregate
    }

    /// Returns the payload if it is an `E`.
    #[must_use]
    pub fn payload<E: 'static>(&self) -> Option<&'a E> {
        self.payload.downcast_ref()
    }

    pub(crate) fn downcast<E: 'static>(&self) -> Option<&'a E> {
        self.event.downcast_ref()
    }
}

impl fmt::Debug for AnyEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.header, f)
    }
}
